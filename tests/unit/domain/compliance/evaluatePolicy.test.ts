import { describe, expect, it } from 'vitest';
import { assessRisk } from '../../../../shared/domain/threats/assessRisk.ts';
import {
  connectorFor,
  type DeviceCompliancePolicy,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import {
  evaluatePolicy,
  type PolicyState,
  type PolicyVerdict,
} from '../../../../shared/domain/compliance/evaluatePolicy.ts';
import { toRuleFacts } from '../../../../shared/domain/compliance/toRuleFacts.ts';
import { NOW, signalOf } from '../../../support/signals.ts';
import { enrolled, given, healthyDeviceOn } from '../../../support/given.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const at = (seconds: number): string => addSeconds(NOW, seconds);

const graceOf = (gracePeriodHours: number): Partial<DeviceCompliancePolicy> => ({
  scheduledActionsForRule: [
    { scheduledActionConfigurations: [{ actionType: 'notification', gracePeriodHours: 99 }] },
    { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours }] },
  ],
});

interface Case {
  readonly device: Device;
  readonly policy?: Partial<DeviceCompliancePolicy>;
  readonly previous?: PolicyState;
  /** The start of a failure without a stored start. */
  readonly since?: string;
  readonly partnerDeadline?: string;
}

/** The verdict of the sample policy at `NOW`, with reason codes in place of reasons. */
function verdictOf({ device, policy = {}, previous, since = NOW, partnerDeadline }: Case): object {
  const { connector, compliancePolicies } = given({ policy });
  const [android] = compliancePolicies;
  const enrolment = device.enrolment?.value;
  if (connector === undefined || android === undefined || enrolment?.isEnrolled !== true) {
    throw new TypeError('no sample');
  }
  const { reasons, ...verdict }: PolicyVerdict = evaluatePolicy(
    android,
    toRuleFacts({
      device,
      properties: enrolment.properties,
      risk: assessRisk(device, []),
      connector,
      platform: connectorFor(connector, 'android'),
      now: NOW,
      partnerDeadline,
    }),
    previous,
    since,
  );
  return { ...verdict, codes: reasons.map(({ code }) => code) };
}

const healthy = healthyDeviceOn('android');
const failing = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));
const FAILED = ['threatLevelAboveCeiling'];
const IN_ERROR = ['settingInError'];
const FAILED_IN_ERROR = [...FAILED, ...IN_ERROR];

describe('a policy', () => {
  it('that is met clears its previous state', () => {
    expect(
      verdictOf({ device: healthy, previous: { noncompliantSinceDateTime: at(-HOUR) } }),
    ).toStrictEqual({ status: 'compliant', state: {}, codes: [] });
  });

  it('that requires nothing does not apply', () => {
    const policy = { deviceThreatProtectionEnabled: false };
    expect(verdictOf({ device: failing, policy })).toStrictEqual({
      status: 'notApplicable',
      state: {},
      codes: [],
    });
  });
});

describe('a failed policy', () => {
  it.each<[string, Partial<DeviceCompliancePolicy>]>([
    ['without scheduled actions', {}],
    ['with an empty schedule', { scheduledActionsForRule: [] }],
    [
      'with a notification only',
      {
        scheduledActionsForRule: [
          { scheduledActionConfigurations: [{ actionType: 'notification', gracePeriodHours: 99 }] },
        ],
      },
    ],
    ['without grace', graceOf(0)],
  ])('blocks at once %s', (_, policy) => {
    expect(verdictOf({ device: failing, policy })).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW },
      codes: FAILED,
    });
  });

  it.each<[string, Partial<Case>, string]>([
    ['the start of the failure', { since: at(-HOUR) }, at(-HOUR)],
    [
      'the stored start of the failure',
      { previous: { noncompliantSinceDateTime: at(-60) } },
      at(-60),
    ],
    ['now if another clock is ahead', { since: at(60) }, NOW],
    [
      'the partner deadline if that is older',
      { partnerDeadline: at(-90), since: at(-60) },
      at(-90),
    ],
  ])('counts its grace from %s', (_, changes, began) => {
    const ends = addSeconds(began, 2 * HOUR);
    expect(verdictOf({ device: failing, policy: graceOf(2), ...changes })).toMatchObject({
      status: 'inGracePeriod',
      state: { noncompliantSinceDateTime: began },
      endsDateTime: ends,
      graceEndsDateTime: ends,
    });
  });

  it('blocks from the end of its grace', () => {
    const previous = { noncompliantSinceDateTime: at(-2 * HOUR) };
    expect(verdictOf({ device: failing, policy: graceOf(2), previous })).toStrictEqual({
      status: 'nonCompliant',
      state: previous,
      codes: FAILED,
    });
  });
});

describe('a setting in error', () => {
  const unreadable = healthyDeviceOn('android', enrolled('android', 'Tiramisu', NOW));
  const policy = { ...graceOf(2), osMinimumVersion: '13' };
  const WEEK = 7 * DAY;

  it('without a previous state is an error and stores none', () => {
    expect(verdictOf({ device: unreadable, policy })).toStrictEqual({
      status: 'error',
      state: undefined,
      codes: IN_ERROR,
    });
  });

  it.each<[string, Partial<Case>, string]>([
    ['the start of the error', { previous: {}, since: at(-60) }, at(-60)],
    ['the stored start of the error', { previous: { errorSinceDateTime: at(-90) } }, at(-90)],
  ])('keeps a compliant state for a week after %s', (_, changes, began) => {
    expect(verdictOf({ device: unreadable, policy, ...changes })).toStrictEqual({
      status: 'compliant',
      state: { errorSinceDateTime: began },
      endsDateTime: addSeconds(began, WEEK),
      codes: IN_ERROR,
    });
  });

  it('blocks exactly a week later', () => {
    const previous = { errorSinceDateTime: at(-WEEK) };
    expect(verdictOf({ device: unreadable, policy, previous })).toStrictEqual({
      status: 'nonCompliant',
      state: previous,
      codes: IN_ERROR,
    });
  });

  it.each<[string, number, string]>([
    ['the grace ends', 2, at(HOUR)],
    ['the week ends', 1000, at(WEEK)],
  ])('keeps a running grace until %s', (_, hours, ends) => {
    const noncompliantSinceDateTime = at(-HOUR);
    expect(
      verdictOf({
        device: unreadable,
        policy: { ...policy, ...graceOf(hours) },
        previous: { noncompliantSinceDateTime },
      }),
    ).toStrictEqual({
      status: 'inGracePeriod',
      state: { noncompliantSinceDateTime, errorSinceDateTime: NOW },
      endsDateTime: ends,
      graceEndsDateTime: addSeconds(noncompliantSinceDateTime, hours * HOUR),
      codes: IN_ERROR,
    });
  });

  it('keeps a blocked state', () => {
    const noncompliantSinceDateTime = at(-DAY);
    expect(
      verdictOf({ device: unreadable, policy, previous: { noncompliantSinceDateTime } }),
    ).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime, errorSinceDateTime: NOW },
      endsDateTime: at(WEEK),
      codes: IN_ERROR,
    });
  });
});

describe('a setting in error beside a failed one', () => {
  const both = healthyDeviceOn(
    'android',
    enrolled('android', 'Tiramisu', NOW),
    signalOf({ type: 'riskReported', riskLevel: 'high' }),
  );
  const policy = { ...graceOf(2), osMinimumVersion: '13' };

  it('without a previous state is an error and is due again when the grace would end', () => {
    expect(verdictOf({ device: both, policy })).toStrictEqual({
      status: 'error',
      state: undefined,
      endsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('keeps the grace of a device that was compliant', () => {
    expect(verdictOf({ device: both, policy, previous: {} })).toStrictEqual({
      status: 'inGracePeriod',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime: NOW },
      endsDateTime: at(2 * HOUR),
      graceEndsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('is due again after its week if that ends before the grace', () => {
    const errorSinceDateTime = at(HOUR - 7 * DAY);
    expect(verdictOf({ device: both, policy, previous: { errorSinceDateTime } })).toMatchObject({
      status: 'inGracePeriod',
      endsDateTime: at(HOUR),
      graceEndsDateTime: at(2 * HOUR),
    });
  });

  it('blocks after its week, even during the grace of the failure', () => {
    const errorSinceDateTime = at(-7 * DAY);
    expect(verdictOf({ device: both, policy, previous: { errorSinceDateTime } })).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime },
      endsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('is never due again if both block', () => {
    const errorSinceDateTime = at(-7 * DAY);
    expect(
      verdictOf({
        device: both,
        policy: { osMinimumVersion: '13' },
        previous: { errorSinceDateTime },
      }),
    ).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime },
      codes: FAILED_IN_ERROR,
    });
  });

  it('gives no grace to a failure that blocks at once', () => {
    expect(
      verdictOf({ device: both, policy: { osMinimumVersion: '13' }, previous: {} }),
    ).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime: NOW },
      endsDateTime: at(7 * DAY),
      codes: FAILED_IN_ERROR,
    });
  });
});
