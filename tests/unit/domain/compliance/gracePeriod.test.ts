import { describe, expect, it } from 'vitest';
import type {
  Configuration,
  DeviceCompliancePolicy,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import {
  advanceRecord,
  createDeviceRecord,
  sweepDueDateTime,
  type DeviceRecord,
} from '../../../../shared/domain/deviceRecord.ts';
import { applyAccessPolicies } from '../../../../shared/domain/access/applyAccessPolicies.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import type { StoredEvaluation } from '../../../../shared/domain/compliance/storedEvaluation.ts';
import { INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, stateAndCodes, healthyDeviceOn } from '../../../support/given.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

const graceOf = (
  gracePeriodHours: number,
): Pick<DeviceCompliancePolicy, 'scheduledActionsForRule'> => ({
  scheduledActionsForRule: [
    {
      scheduledActionConfigurations: [
        { actionType: 'notification', gracePeriodHours: 0 },
        { actionType: 'block', gracePeriodHours },
      ],
    },
  ],
});

const HEALTHY_SIGNALS: readonly DeviceSignal[] = [
  enrolled('android'),
  signalOf({ type: 'activated' }, BEFORE),
  signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
];

const MALWARE = signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW);

/** A device that was healthy and fails its policy from `NOW` on. */
function failing(configuration: Configuration, ...signals: readonly DeviceSignal[]): DeviceRecord {
  const healthy = advanceRecord(
    createDeviceRecord('phone-1'),
    HEALTHY_SIGNALS,
    configuration,
    BEFORE,
  );
  return advanceRecord(healthy, signals.length === 0 ? [MALWARE] : signals, configuration, NOW);
}

/** Device and partner stay in contact, so only the grace period matters. */
const alive = (configuration: Configuration, at: string): Configuration => ({
  ...configuration,
  ...(configuration.connector === undefined
    ? {}
    : { connector: { ...configuration.connector, lastHeartbeatDateTime: at } }),
  ...(configuration.tenantSettings === undefined
    ? {}
    : {
        tenantSettings: {
          ...configuration.tenantSettings,
          deviceHeartbeatWindowInSeconds: 400 * DAY,
          deviceComplianceCheckinThresholdDays: 365,
        },
      }),
});

describe('a grace period', () => {
  it.each([
    [0, 0, 'noncompliant'],
    [1, HOUR - 1, 'inGracePeriod'],
    [1, HOUR, 'noncompliant'],
    [1, HOUR + 1, 'noncompliant'],
    [24, DAY - 1, 'inGracePeriod'],
    [24, DAY, 'noncompliant'],
    [24, DAY + 1, 'noncompliant'],
    [6, 6 * HOUR - 0.001, 'inGracePeriod'],
    [6, 6 * HOUR, 'noncompliant'],
    [8760, 364 * DAY, 'inGracePeriod'],
    [8760, 365 * DAY, 'noncompliant'],
  ])('of %i hours, after %f seconds: %s', (hours, seconds, state) => {
    const configuration = given({ policy: graceOf(hours) });
    const record = failing(configuration);
    const at = addSeconds(NOW, seconds);
    const evaluation = evaluateCompliance(record, alive(configuration, at), at);
    expect(evaluation.complianceState).toBe(state);
    expect(evaluation.complianceGracePeriodExpirationDateTime).toBe(
      state === 'inGracePeriod' ? addSeconds(NOW, hours * HOUR) : undefined,
    );
    const { decision } = applyAccessPolicies(
      evaluation,
      { resource: 'wifi', identifiedBy: 'deviceId' },
      alive(configuration, at),
      at,
    );
    expect(decision).toBe(state === 'noncompliant' ? 'block' : 'allow');
  });

  it('is due for the sweep on its last second, and no answer outlives it', () => {
    const configuration = given({ policy: graceOf(1) });
    const record = failing(configuration);
    expect(record.evaluation?.changeDueDateTime).toBe(addSeconds(NOW, HOUR));
    expect(sweepDueDateTime({ ...record, outbox: [] })).toBe(addSeconds(NOW, HOUR));
    const at = addSeconds(NOW, HOUR - 10);
    const evaluation = evaluateCompliance(record, configuration, at);
    const { expiresDateTime } = applyAccessPolicies(
      evaluation,
      { resource: 'wifi', identifiedBy: 'deviceId' },
      configuration,
      at,
    );
    expect(expiresDateTime).toBe(addSeconds(NOW, HOUR));
  });

  it.each<[string, (record: DeviceRecord, configuration: Configuration) => DeviceRecord]>([
    [
      'leaves and comes back',
      (record, configuration) => {
        const at = addSeconds(NOW, 1200);
        const left = signalOf({ type: 'unenrolled' }, at);
        return advanceRecord(record, [left], configuration, at);
      },
    ],
    [
      'reports while it is gone',
      (record, configuration) => {
        const at = addSeconds(NOW, 1200);
        const left = signalOf({ type: 'unenrolled' }, at);
        const gone = advanceRecord(record, [left], configuration, at);
        const later = addSeconds(NOW, 1300);
        const heartbeat = signalOf({ type: 'heartbeat' }, later);
        return advanceRecord(gone, [heartbeat], configuration, later);
      },
    ],
    [
      'is evaluated while the configuration is broken',
      (record, configuration) =>
        advanceRecord(
          record,
          [],
          { ...configuration, problems: ['deviceCompliancePolicy/x: broken'] },
          addSeconds(NOW, 1200),
        ),
    ],
  ])('does not begin again when the device %s', (_, interrupt) => {
    const configuration = given({ policy: graceOf(1) });
    const interrupted = interrupt(failing(configuration), configuration);
    const at = addSeconds(NOW, 1800);
    const back = advanceRecord(interrupted, [enrolled('android', '15', at)], configuration, at);
    expect(back.evaluation).toMatchObject({
      complianceState: 'inGracePeriod',
      changeDueDateTime: addSeconds(NOW, HOUR),
    });
  });

  it('is over when the device comes back after its end, and begins anew after a recovery', () => {
    const configuration = given({ policy: graceOf(1) });
    const at = addSeconds(NOW, 60);
    const gone = advanceRecord(
      failing(configuration),
      [signalOf({ type: 'unenrolled' }, at)],
      configuration,
      at,
    );
    const later = addSeconds(NOW, 2 * HOUR);
    const back = enrolled('android', '15', later);
    expect(advanceRecord(gone, [back], configuration, later).evaluation).toMatchObject({
      complianceState: 'noncompliant',
    });
    const fixed = signalOf(
      { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
      later,
    );
    const well = advanceRecord(gone, [back, fixed], configuration, later);
    expect(well.evaluation).toMatchObject({ complianceState: 'compliant' });
    const again = addSeconds(NOW, 3 * HOUR);
    const incident = { ...INCIDENT, incidentId: 'incident-2' };
    const reported = signalOf({ type: 'incidentReported', status: 'open', incident }, again);
    expect(advanceRecord(well, [reported], configuration, again).evaluation).toMatchObject({
      complianceState: 'inGracePeriod',
      changeDueDateTime: addSeconds(again, HOUR),
    });
  });

  it('does not start at an unrelated change of the configuration', () => {
    const configuration = given({ policy: graceOf(1) });
    const healthy = advanceRecord(
      createDeviceRecord('phone-1'),
      HEALTHY_SIGNALS,
      configuration,
      BEFORE,
    );
    const changed = addSeconds(NOW, -600);
    const after = given({ policy: { ...graceOf(1), lastModifiedDateTime: changed } });
    const failed = advanceRecord(healthy, [MALWARE], after, NOW);
    expect(failed.evaluation?.policyStates['android-baseline']).toEqual({
      noncompliantSinceDateTime: NOW,
    });
  });

  it('starts at the configuration change that caused it, whichever worker evaluates it and when', () => {
    const lax = given({ policy: { ...graceOf(1), osMinimumVersion: '15' } });
    const healthy = advanceRecord(createDeviceRecord('phone-1'), HEALTHY_SIGNALS, lax, BEFORE);
    const changed = addSeconds(NOW, -1800);
    const strict = given({
      policy: { ...graceOf(1), osMinimumVersion: '16', lastModifiedDateTime: changed },
    });
    const ends = addSeconds(changed, HOUR);
    const heartbeat = signalOf({ type: 'heartbeat' }, addSeconds(NOW, -60));
    // A worker with the old configuration writes after the change; the grace stays the same.
    const stale = advanceRecord(healthy, [heartbeat], lax, addSeconds(NOW, -60));
    for (const record of [healthy, stale]) {
      for (const at of [NOW, addSeconds(NOW, 900)]) {
        const evaluation = evaluateCompliance(record, alive(strict, at), at);
        expect(evaluation.complianceGracePeriodExpirationDateTime).toBe(ends);
      }
    }
    // The next signal stores it, although it is unrelated.
    const written = advanceRecord(stale, [signalOf({ type: 'heartbeat' }, NOW)], strict, NOW);
    expect(written.evaluation?.complianceState).toBe('inGracePeriod');
    expect(written.evaluation?.changeDueDateTime).toBe(ends);
  });

  it('is not extended by a clock that was ahead when the failure was stored', () => {
    const configuration = given({ policy: graceOf(1) });
    const record = failing(configuration);
    const at = addSeconds(NOW, -60);
    const evaluation = evaluateCompliance(record, alive(configuration, at), at);
    expect(evaluation.complianceGracePeriodExpirationDateTime).toBe(addSeconds(at, HOUR));
  });

  it('does not restart at another threat or a repeat of the same one', () => {
    const configuration = given({ policy: graceOf(2) });
    const later = addSeconds(NOW, HOUR);
    const second = signalOf(
      {
        type: 'incidentReported',
        status: 'open',
        incident: { ...INCIDENT, incidentId: 'incident-2' },
      },
      later,
    );
    const record = advanceRecord(failing(configuration), [second, MALWARE], configuration, later);
    expect(stateAndCodes(record, configuration, addSeconds(NOW, 2 * HOUR - 1))[0]).toBe(
      'inGracePeriod',
    );
    expect(stateAndCodes(record, configuration, addSeconds(NOW, 2 * HOUR))[0]).toBe('noncompliant');
  });

  it('restarts after a recovery', () => {
    const configuration = given({ policy: graceOf(1) });
    const recovered = addSeconds(NOW, HOUR / 2);
    const again = addSeconds(NOW, 2 * HOUR);
    const resolved = signalOf(
      { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
      recovered,
    );
    const second = signalOf(
      {
        type: 'incidentReported',
        status: 'open',
        incident: { ...INCIDENT, incidentId: 'incident-2' },
      },
      again,
    );
    const healthy = advanceRecord(failing(configuration), [resolved], configuration, recovered);
    expect(healthy.evaluation?.complianceState).toBe('compliant');
    const record = advanceRecord(healthy, [second], configuration, again);
    expect(stateAndCodes(record, configuration, addSeconds(again, HOUR - 1))[0]).toBe(
      'inGracePeriod',
    );
  });

  it('starts at the policy change that the device fails', () => {
    const strict = given({
      policy: { ...graceOf(1), osMinimumVersion: '16', lastModifiedDateTime: NOW },
    });
    const record = advanceRecord(createDeviceRecord('phone-1'), HEALTHY_SIGNALS, given(), BEFORE);
    const read = addSeconds(NOW, HOUR / 2);
    expect(evaluateCompliance(record, strict, read).complianceGracePeriodExpirationDateTime).toBe(
      addSeconds(NOW, HOUR),
    );
    expect(stateAndCodes(record, strict, addSeconds(NOW, HOUR))[0]).toBe('noncompliant');
  });

  it('does not apply to the built-in policy: a silent device is noncompliant at once', () => {
    const configuration = given({ policy: graceOf(24) });
    const record = advanceRecord(
      createDeviceRecord('phone-1'),
      HEALTHY_SIGNALS,
      configuration,
      BEFORE,
    );
    const silent = addSeconds(BEFORE, 11 * HOUR);
    const configurationThen = given({
      policy: graceOf(24),
      connector: { lastHeartbeatDateTime: silent },
    });
    expect(stateAndCodes(record, configurationThen, silent).slice(0, 2)).toEqual([
      'noncompliant',
      'deviceSilent',
    ]);
  });
});

describe('a setting in error', () => {
  const limited = given({ policy: { osMinimumVersion: '13' } });
  const unreadable = enrolled('android', 'Tiramisu', NOW);

  it.each([
    [7 * DAY - 1, 'compliant'],
    [7 * DAY, 'noncompliant'],
    [7 * DAY + 1, 'noncompliant'],
  ])('keeps the previous state for seven days: after %i seconds %s', (seconds, state) => {
    const record = failing(limited, unreadable);
    const at = addSeconds(NOW, seconds);
    expect(stateAndCodes(record, alive(limited, at), at)[0]).toBe(state);
  });

  it('keeps a noncompliant state', () => {
    const record = advanceRecord(failing(limited), [unreadable], limited, addSeconds(NOW, 60));
    expect(stateAndCodes(record, limited, addSeconds(NOW, 120))[0]).toBe('noncompliant');
  });

  it('is an error without a previous state, and stays one', () => {
    const record = advanceRecord(
      createDeviceRecord('phone-1'),
      [...HEALTHY_SIGNALS.slice(1), unreadable],
      limited,
      NOW,
    );
    expect(record.evaluation?.complianceState).toBe('error');
    const at = addSeconds(NOW, 8 * DAY);
    expect(stateAndCodes(record, alive(limited, at), at)[0]).toBe('error');
  });

  it('gives no grace to a threat beside it', () => {
    const configuration = given({ policy: { ...graceOf(24), osMinimumVersion: '13' } });
    const record = advanceRecord(
      createDeviceRecord('phone-1'),
      [...HEALTHY_SIGNALS.slice(1), unreadable, MALWARE],
      configuration,
      NOW,
    );
    expect(record.evaluation?.complianceState).toBe('error');
    expect(stateAndCodes(record, configuration, addSeconds(NOW, 60))[0]).toBe('error');
  });
});

describe('the start of a grace period that is not stored', () => {
  const LONG_BEFORE = addSeconds(NOW, -DAY);
  const changedAt = addSeconds(NOW, -300);
  const stored: StoredEvaluation = {
    isManaged: true,
    complianceState: 'compliant',
    partnerReportedThreatState: 'secured',
    isSilent: false,
    evaluatedDateTime: BEFORE,
    configuredDateTime: BEFORE,
    policyStates: { 'android-baseline': {} },
  };
  const { configuredDateTime: _, ...undated } = stored;
  const policy = { ...graceOf(1), osMinimumVersion: '16' };

  const startOf = (
    configuration: Configuration,
    evaluation: StoredEvaluation | undefined,
  ): string | undefined => {
    const device = healthyDeviceOn('android');
    const subject = evaluation === undefined ? { device } : { device, evaluation };
    const { policyStates } = evaluateCompliance(subject, alive(configuration, NOW), NOW);
    return policyStates['android-baseline']?.noncompliantSinceDateTime;
  };
  const override = { threatType: 'malware', version: 1, lastModifiedDateTime: changedAt };

  it.each<[string, Configuration]>([
    ['the policy', given({ policy: { ...policy, lastModifiedDateTime: changedAt } })],
    ['the connector', given({ policy, connector: { lastModifiedDateTime: changedAt } })],
    ['the settings', given({ policy, settings: { lastModifiedDateTime: changedAt } })],
    ['a threat override', { ...given({ policy }), threatOverrides: [override] }],
  ])('is a change of %s after the last evaluation', (_, configuration) => {
    expect(startOf(configuration, stored)).toBe(changedAt);
    expect(startOf(configuration, undated)).toBe(changedAt);
    expect(startOf(configuration, { ...stored, configuredDateTime: changedAt })).toBe(NOW);
  });

  it.each<[string, Configuration, StoredEvaluation | undefined]>([
    ['nothing ever changed', given({ policy }), stored],
    [
      'the change is older than the last evaluation',
      given({ policy: { ...policy, lastModifiedDateTime: LONG_BEFORE } }),
      undated,
    ],
    [
      'another policy changed',
      {
        ...given({ policy }),
        compliancePolicies: given({ policy }).compliancePolicies.map((each) =>
          each.id === 'android-baseline' ? each : { ...each, lastModifiedDateTime: changedAt },
        ),
      },
      stored,
    ],
    [
      'the change is dated in the future',
      given({ policy: { ...policy, lastModifiedDateTime: addSeconds(NOW, 60) } }),
      stored,
    ],
    [
      'the device was never evaluated',
      given({ policy: { ...policy, lastModifiedDateTime: changedAt } }),
      undefined,
    ],
  ])('is now if %s', (_, configuration, evaluation) => {
    expect(startOf(configuration, evaluation)).toBe(NOW);
  });
});
