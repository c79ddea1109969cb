import { describe, expect, it } from 'vitest';
import { defined } from '../../../../shared/base/defined.ts';
import type {
  Announcement,
  Notice,
  Transition,
} from '../../../../shared/domain/announcements/announcement.ts';
import type {
  ComplianceActionItem,
  Configuration,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import {
  advanceRecord,
  createDeviceRecord,
  sweepDueDateTime,
  type DeviceRecord,
} from '../../../../shared/domain/deviceRecord.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, given } from '../../../support/given.ts';

const HOUR = 60 * 60;
const at = (hours: number): string => addSeconds(NOW, hours * HOUR);

/** A device record with an empty outbox, and every announcement that it has made so far. */
interface Story {
  readonly record: DeviceRecord;
  readonly announced: readonly Announcement[];
}

const NEW_DEVICE: Story = { record: createDeviceRecord('phone-1'), announced: [] };

function then(
  { record, announced }: Story,
  configuration: Configuration,
  now: string,
  ...signals: readonly DeviceSignal[]
): Story {
  const after = advanceRecord(record, signals, configuration, now);
  return { record: { ...after, outbox: [] }, announced: [...announced, ...after.outbox] };
}

const enrol = (now = BEFORE): DeviceSignal =>
  signalOf(
    { ...ENROLLED, properties: { ...ENROLLED.properties, userPrincipalName: 'ada@example.com' } },
    now,
  );
const risk = (riskLevel: 'minimal' | 'low' | 'high', now: string): DeviceSignal =>
  signalOf({ type: 'riskReported', riskLevel }, now);
const malware = (status: 'open' | 'resolved', now: string): DeviceSignal =>
  signalOf({ type: 'incidentReported', status, incident: INCIDENT }, now);

const healthyAt = (configuration: Configuration, now = BEFORE, story = NEW_DEVICE): Story =>
  then(
    story,
    configuration,
    now,
    enrol(now),
    signalOf({ type: 'activated' }, now),
    risk('minimal', now),
  );

const states = ({ announced }: Story): readonly (readonly string[])[] =>
  announced
    .filter((each): each is Transition => each.type === 'transition')
    .map(({ previous, current }) => [previous.complianceState, current.complianceState]);

describe('the transitions of a device', () => {
  const configuration = given();

  it('start with one from unknown, without a last known state', () => {
    const [first] = healthyAt(configuration).announced;
    expect(first).toMatchObject({
      type: 'transition',
      sequence: 1,
      userPrincipalName: 'ada@example.com',
      previous: { complianceState: 'unknown', partnerReportedThreatState: 'unknown' },
      current: { complianceState: 'compliant', partnerReportedThreatState: 'secured' },
      lastKnown: {},
    });
  });

  it('follow a flapping device exactly, without gaps in the sequence, each with a unique id', () => {
    let story = healthyAt(configuration);
    for (const hour of [1, 2, 3]) {
      story = then(story, configuration, at(hour), malware('open', at(hour)));
      story = then(story, configuration, at(hour), malware('open', at(hour)));
      story = then(story, configuration, at(hour + 0.5), malware('resolved', at(hour + 0.5)));
    }
    const flap = [
      ['compliant', 'noncompliant'],
      ['noncompliant', 'compliant'],
    ];
    expect(states(story)).toEqual([['unknown', 'compliant'], ...flap, ...flap, ...flap]);
    expect(story.announced.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(story.announced.map(({ id }) => id)).size).toBe(7);
  });

  it('do not repeat for a repeated signal', () => {
    const story = healthyAt(configuration);
    const again = then(story, configuration, at(1), risk('minimal', BEFORE));
    expect(again.announced).toEqual(story.announced);
  });

  it('carry the last known state across an unenrolment', () => {
    const failing = then(healthyAt(configuration), configuration, at(1), malware('open', at(1)));
    const gone = then(failing, configuration, at(2), signalOf({ type: 'unenrolled' }, at(2)));
    const back = then(gone, configuration, at(3), enrol(at(3)));
    expect(back.announced.at(-1)).toMatchObject({
      previous: { complianceState: 'unknown' },
      current: { complianceState: 'noncompliant' },
      lastKnown: { complianceState: 'noncompliant', partnerReportedThreatState: 'highSeverity' },
    });
  });

  it('do not reuse the ids of a deleted record', () => {
    const old = healthyAt(configuration);
    const recreated = healthyAt(configuration, NOW);
    expect(old.announced[0]?.sequence).toBe(recreated.announced[0]?.sequence);
    expect(old.announced[0]?.id).not.toBe(recreated.announced[0]?.id);
  });

  it('do not reuse ids that were announced after the restored backup', () => {
    const backup = healthyAt(configuration);
    const lost = then(backup, configuration, NOW, malware('open', NOW));
    const restored = { ...configuration, recoveredDateTime: addSeconds(NOW, 60) };
    const first = then(backup, restored, addSeconds(NOW, 90), risk('high', addSeconds(NOW, 80)));
    const second = then(first, restored, addSeconds(NOW, 120), risk('low', addSeconds(NOW, 110)));
    const ids = [...lost.announced, ...second.announced.slice(backup.announced.length)].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect(second.announced.slice(backup.announced.length).map(({ sequence }) => sequence)).toEqual(
      [1, 2],
    );
    // The sequence of a new device starts at 1 as usual.
    expect(healthyAt(restored, addSeconds(NOW, 90)).announced[0]?.sequence).toBe(1);
  });
});

describe('the notices of a policy', () => {
  const policyWith = (...actions: readonly ComplianceActionItem[]): Configuration =>
    given({
      policy: {
        scheduledActionsForRule: [
          {
            scheduledActionConfigurations: [
              { actionType: 'block', gracePeriodHours: 48 },
              ...actions,
            ],
          },
        ],
      },
      settings: { deviceHeartbeatWindowInSeconds: 400 * 24 * HOUR },
    });
  const notify = (
    gracePeriodHours: number,
    notificationTemplateId?: string,
  ): ComplianceActionItem => ({
    actionType: 'notification',
    gracePeriodHours,
    ...defined({ notificationTemplateId }),
  });
  const notices = ({ announced }: Story): readonly Notice[] =>
    announced.filter((each): each is Notice => each.type === 'notice');
  const failingAt = (configuration: Configuration, now = NOW): Story =>
    then(healthyAt(configuration), configuration, now, malware('open', now));

  it('are sent during the grace period with the time of the block', () => {
    const configuration = policyWith(notify(0, 'welcome'), notify(24));
    const failing = failingAt(configuration);
    expect(failing.record.evaluation?.complianceState).toBe('inGracePeriod');
    expect(notices(failing)).toMatchObject([
      {
        actionType: 'notification',
        notificationTemplateId: 'welcome',
        noncompliantSinceDateTime: NOW,
        blockDateTime: at(48),
        userPrincipalName: 'ada@example.com',
      },
    ]);
    expect(sweepDueDateTime(failing.record)).toBe(at(24));
    const early = addSeconds(at(24), -1);
    expect(advanceRecord(failing.record, [], configuration, early)).toBe(failing.record);
    const due = then(failing, configuration, at(24));
    expect(notices(due)).toHaveLength(2);
    expect(sweepDueDateTime(due.record)).toBe(at(48));
  });

  it('are sent once each, however often the device is evaluated', () => {
    const configuration = policyWith(notify(0), notify(24), notify(72));
    let story = failingAt(configuration);
    for (const hour of [1, 24, 25, 47, 48, 72, 73, 100]) {
      story = then(story, configuration, at(hour), signalOf({ type: 'heartbeat' }, at(hour)));
    }
    expect(notices(story).map(({ occurredDateTime }) => occurredDateTime)).toEqual([
      NOW,
      at(24),
      at(72),
    ]);
    expect(states(story).at(-1)).toEqual(['inGracePeriod', 'noncompliant']);
    expect(sweepDueDateTime(story.record)).toBeUndefined();
  });

  it('are not sent if the device recovers before they are due', () => {
    const configuration = policyWith(notify(24));
    const recovered = then(
      failingAt(configuration),
      configuration,
      at(23),
      malware('resolved', at(23)),
    );
    expect(sweepDueDateTime(recovered.record)).toBeUndefined();
    expect(notices(then(recovered, configuration, at(30)))).toEqual([]);
  });

  it('are not sent if the timer is late and the device has recovered', () => {
    const configuration = policyWith(notify(24));
    const late = then(failingAt(configuration), configuration, at(30), malware('resolved', at(29)));
    expect(notices(late)).toEqual([]);
  });

  it('are sent again at the next failure', () => {
    const configuration = policyWith(notify(0));
    const recovered = then(
      failingAt(configuration),
      configuration,
      at(1),
      malware('resolved', at(1)),
    );
    const again = then(recovered, configuration, at(2), malware('open', at(2)));
    expect(
      notices(again).map(({ noncompliantSinceDateTime }) => noncompliantSinceDateTime),
    ).toEqual([NOW, at(2)]);
    expect(again.record.sentNotices).toHaveLength(1);
  });

  it('are merged if two actions are equal and due at the same time', () => {
    expect(notices(failingAt(policyWith(notify(0), notify(0))))).toHaveLength(1);
    expect(notices(failingAt(policyWith(notify(0, 'a'), notify(0, 'b'))))).toHaveLength(2);
    const to = (...notificationMessageCCList: string[]): ComplianceActionItem => ({
      ...notify(0),
      notificationMessageCCList,
    });
    const story = failingAt(policyWith(to('a@contoso.example'), to('b@contoso.example')));
    expect(notices(story)).toHaveLength(2);
    // A changed copy list is not a new action, so its notice is not sent again.
    const edited = policyWith(to('a@contoso.example'), to('c@contoso.example'));
    expect(notices(then(story, edited, addSeconds(NOW, 60)))).toHaveLength(2);
  });

  it('stop when the device is unenrolled', () => {
    const configuration = policyWith(notify(24));
    const gone = then(
      failingAt(configuration),
      configuration,
      at(1),
      signalOf({ type: 'unenrolled' }, at(1)),
    );
    expect(notices(then(gone, configuration, at(30)))).toEqual([]);
  });

  it('are not repeated when the device comes back with the same failure', () => {
    const configuration = policyWith(notify(0), notify(24));
    const gone = then(
      failingAt(configuration),
      configuration,
      at(1),
      signalOf({ type: 'unenrolled' }, at(1)),
    );
    const back = then(gone, configuration, at(2), signalOf(ENROLLED, at(2)));
    expect(notices(back)).toHaveLength(1);
    expect(notices(then(back, configuration, at(24)))).toHaveLength(2);
  });
});
