import { describe, expect, it } from 'vitest';
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

/** Every announcement of the record so far, and the record with all of them told. */
interface Story {
  readonly record: DeviceRecord;
  readonly told: readonly Announcement[];
}

const BEGINNING: Story = { record: createDeviceRecord('phone-1'), told: [] };

function then(
  { record, told }: Story,
  configuration: Configuration,
  now: string,
  ...signals: readonly DeviceSignal[]
): Story {
  const after = advanceRecord(record, signals, configuration, now);
  return { record: { ...after, outbox: [] }, told: [...told, ...after.outbox] };
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

const wellAt = (configuration: Configuration, now = BEFORE, story = BEGINNING): Story =>
  then(
    story,
    configuration,
    now,
    enrol(now),
    signalOf({ type: 'activated' }, now),
    risk('minimal', now),
  );

const states = ({ told }: Story): readonly (readonly string[])[] =>
  told
    .filter((each): each is Transition => each.type === 'transition')
    .map(({ previous, current }) => [previous.complianceState, current.complianceState]);

describe('the transitions of a device', () => {
  const usual = given();

  it('begin with the one out of the unknown, before which nothing was known', () => {
    const [first] = wellAt(usual).told;
    expect(first).toMatchObject({
      type: 'transition',
      sequence: 1,
      userPrincipalName: 'ada@example.com',
      previous: { complianceState: 'unknown', partnerReportedThreatState: 'unknown' },
      current: { complianceState: 'compliant', partnerReportedThreatState: 'secured' },
      lastKnown: {},
    });
  });

  it('are exactly those of a device that flaps, counted without gaps, each with an id of its own', () => {
    let story = wellAt(usual);
    for (const hour of [1, 2, 3]) {
      story = then(story, usual, at(hour), malware('open', at(hour)));
      story = then(story, usual, at(hour), malware('open', at(hour)));
      story = then(story, usual, at(hour + 0.5), malware('resolved', at(hour + 0.5)));
    }
    const flap = [
      ['compliant', 'noncompliant'],
      ['noncompliant', 'compliant'],
    ];
    expect(states(story)).toEqual([['unknown', 'compliant'], ...flap, ...flap, ...flap]);
    expect(story.told.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(story.told.map(({ id }) => id)).size).toBe(7);
  });

  it('are none where a repeat says what is known', () => {
    const story = wellAt(usual);
    const again = then(story, usual, at(1), risk('minimal', BEFORE));
    expect(again.told).toEqual(story.told);
  });

  it('remember over a time of the unknown what was known before it', () => {
    const failing = then(wellAt(usual), usual, at(1), malware('open', at(1)));
    const gone = then(failing, usual, at(2), signalOf({ type: 'unenrolled' }, at(2)));
    const back = then(gone, usual, at(3), enrol(at(3)));
    expect(back.told.at(-1)).toMatchObject({
      previous: { complianceState: 'unknown' },
      current: { complianceState: 'noncompliant' },
      lastKnown: { complianceState: 'noncompliant', partnerReportedThreatState: 'highSeverity' },
    });
  });

  it('take no id of a record that was forgotten', () => {
    const old = wellAt(usual);
    const anew = wellAt(usual, NOW);
    expect(old.told[0]?.sequence).toBe(anew.told[0]?.sequence);
    expect(old.told[0]?.id).not.toBe(anew.told[0]?.id);
  });

  it('take no id that was told after the backup that the record comes from', () => {
    const backup = wellAt(usual);
    const lost = then(backup, usual, NOW, malware('open', NOW));
    const restored = { ...usual, recoveredDateTime: addSeconds(NOW, 60) };
    const first = then(backup, restored, addSeconds(NOW, 90), risk('high', addSeconds(NOW, 80)));
    const second = then(first, restored, addSeconds(NOW, 120), risk('low', addSeconds(NOW, 110)));
    const ids = [...lost.told, ...second.told.slice(backup.told.length)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(3);
    expect(second.told.slice(backup.told.length).map(({ sequence }) => sequence)).toEqual([1, 2]);
    // A device that came later counts as it always did.
    expect(wellAt(restored, addSeconds(NOW, 90)).told[0]?.sequence).toBe(1);
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
    ...(notificationTemplateId === undefined ? {} : { notificationTemplateId }),
  });
  const notices = ({ told }: Story): readonly Notice[] =>
    told.filter((each): each is Notice => each.type === 'notice');
  const failingAt = (configuration: Configuration, now = NOW): Story =>
    then(wellAt(configuration), configuration, now, malware('open', now));

  it('come during the grace, before the block, and say when it blocks', () => {
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

  it('come once each, however often the device is evaluated', () => {
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

  it('do not come at all where the device recovered before their time', () => {
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

  it('do not come where the timer was late and the device recovered in between', () => {
    const configuration = policyWith(notify(24));
    const late = then(failingAt(configuration), configuration, at(30), malware('resolved', at(29)));
    expect(notices(late)).toEqual([]);
  });

  it('come anew with the next failure', () => {
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

  it('are one where two steps say the same at the same time', () => {
    expect(notices(failingAt(policyWith(notify(0), notify(0))))).toHaveLength(1);
    expect(notices(failingAt(policyWith(notify(0, 'a'), notify(0, 'b'))))).toHaveLength(2);
    const to = (...notificationMessageCCList: string[]): ComplianceActionItem => ({
      ...notify(0),
      notificationMessageCCList,
    });
    const story = failingAt(policyWith(to('a@contoso.example'), to('b@contoso.example')));
    expect(notices(story)).toHaveLength(2);
    // Who is copied in is no new step: the one that was told is told.
    const edited = policyWith(to('a@contoso.example'), to('c@contoso.example'));
    expect(notices(then(story, edited, addSeconds(NOW, 60)))).toHaveLength(2);
  });

  it('stop with the enrolment', () => {
    const configuration = policyWith(notify(24));
    const gone = then(
      failingAt(configuration),
      configuration,
      at(1),
      signalOf({ type: 'unenrolled' }, at(1)),
    );
    expect(notices(then(gone, configuration, at(30)))).toEqual([]);
  });
});
