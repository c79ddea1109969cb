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
  /** When a failure began that nothing else dates. */
  readonly since?: string;
  readonly partnerDeadline?: string;
}

/** The verdict of the sample policy at `NOW`, and the codes of its reasons in place of them. */
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

const well = healthyDeviceOn('android');
const failing = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));
const FAILED = ['threatLevelAboveCeiling'];
const IN_ERROR = ['settingInError'];
const FAILED_IN_ERROR = [...FAILED, ...IN_ERROR];

describe('a policy', () => {
  it('is met, and forgets what was', () => {
    expect(
      verdictOf({ device: well, previous: { noncompliantSinceDateTime: at(-HOUR) } }),
    ).toStrictEqual({ status: 'compliant', state: {}, codes: [] });
  });

  it('does not apply where it asks for nothing', () => {
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
    ['without any action', {}],
    ['that only notifies', { scheduledActionsForRule: [] }],
    ['without any hour of grace', graceOf(0)],
  ])('blocks at once %s', (_, policy) => {
    expect(verdictOf({ device: failing, policy })).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW },
      codes: FAILED,
    });
  });

  it.each<[string, Partial<Case>, string]>([
    ['began', { since: at(-HOUR) }, at(-HOUR)],
    ['began as it is remembered', { previous: { noncompliantSinceDateTime: at(-60) } }, at(-60)],
    ['begins now, where another clock is ahead', { since: at(60) }, NOW],
    [
      'was dated by the partner’s silence, where that fails too',
      { partnerDeadline: at(-90), since: at(-60) },
      at(-90),
    ],
  ])('gives the hours of grace from when it %s', (_, changes, began) => {
    const ends = addSeconds(began, 2 * HOUR);
    expect(verdictOf({ device: failing, policy: graceOf(2), ...changes })).toMatchObject({
      status: 'inGracePeriod',
      state: { noncompliantSinceDateTime: began },
      endsDateTime: ends,
      graceEndsDateTime: ends,
    });
  });

  it('blocks from the end of its grace on', () => {
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

  it('without a past is an error, of which nothing is remembered', () => {
    expect(verdictOf({ device: unreadable, policy })).toStrictEqual({
      status: 'error',
      state: undefined,
      codes: IN_ERROR,
    });
  });

  it.each<[string, Partial<Case>, string]>([
    ['since it began', { previous: {}, since: at(-60) }, at(-60)],
    ['since it is remembered', { previous: { errorSinceDateTime: at(-90) } }, at(-90)],
  ])('keeps a good past for a week, %s', (_, changes, began) => {
    expect(verdictOf({ device: unreadable, policy, ...changes })).toStrictEqual({
      status: 'compliant',
      state: { errorSinceDateTime: began },
      endsDateTime: addSeconds(began, WEEK),
      codes: IN_ERROR,
    });
  });

  it('blocks after the week, on its second', () => {
    const previous = { errorSinceDateTime: at(-WEEK) };
    expect(verdictOf({ device: unreadable, policy, previous })).toStrictEqual({
      status: 'nonCompliant',
      state: previous,
      codes: IN_ERROR,
    });
  });

  it.each<[string, number, string]>([
    ['the grace ends first', 2, at(HOUR)],
    ['the week does', 1000, at(WEEK)],
  ])('keeps a grace that was running, until it changes: %s', (_, hours, ends) => {
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

  it('keeps a past that was blocked', () => {
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

describe('a setting in error beside one that fails', () => {
  const both = healthyDeviceOn(
    'android',
    enrolled('android', 'Tiramisu', NOW),
    signalOf({ type: 'riskReported', riskLevel: 'high' }),
  );
  const policy = { ...graceOf(2), osMinimumVersion: '13' };

  it('without a past is an error, and is looked at again when the grace would end', () => {
    expect(verdictOf({ device: both, policy })).toStrictEqual({
      status: 'error',
      state: undefined,
      endsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('takes no grace away where the past was good', () => {
    expect(verdictOf({ device: both, policy, previous: {} })).toStrictEqual({
      status: 'inGracePeriod',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime: NOW },
      endsDateTime: at(2 * HOUR),
      graceEndsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('is looked at again at the end of its week, where that comes before the end of grace', () => {
    const errorSinceDateTime = at(HOUR - 7 * DAY);
    expect(verdictOf({ device: both, policy, previous: { errorSinceDateTime } })).toMatchObject({
      status: 'inGracePeriod',
      endsDateTime: at(HOUR),
      graceEndsDateTime: at(2 * HOUR),
    });
  });

  it('blocks after its week, whatever grace the failure has', () => {
    const errorSinceDateTime = at(-7 * DAY);
    expect(verdictOf({ device: both, policy, previous: { errorSinceDateTime } })).toStrictEqual({
      status: 'nonCompliant',
      state: { noncompliantSinceDateTime: NOW, errorSinceDateTime },
      endsDateTime: at(2 * HOUR),
      codes: FAILED_IN_ERROR,
    });
  });

  it('is never looked at again where both block', () => {
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

  it('gives a failure that blocks no grace', () => {
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
