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

const BEGINNING: readonly DeviceSignal[] = [
  enrolled('android'),
  signalOf({ type: 'activated' }, BEFORE),
  signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
];

const MALWARE = signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW);

/** A device that was well, and fails its policy from `NOW` on. */
function failing(configuration: Configuration, ...signals: readonly DeviceSignal[]): DeviceRecord {
  const well = advanceRecord(createDeviceRecord('phone-1'), BEGINNING, configuration, BEFORE);
  return advanceRecord(well, signals.length === 0 ? [MALWARE] : signals, configuration, NOW);
}

/** Heard all the time, so that nothing but grace moves. */
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

describe('the grace of a policy', () => {
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
  ])('of %i hours finds a device after %f seconds %s', (hours, seconds, state) => {
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

  it('ends by the sweep on its second, and never lets an answer outlive it', () => {
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

  it('is not dated back to a change of the configuration that it has nothing to do with', () => {
    const configuration = given({ policy: graceOf(1) });
    const well = advanceRecord(createDeviceRecord('phone-1'), BEGINNING, configuration, BEFORE);
    const changed = addSeconds(NOW, -600);
    const after = given({ policy: { ...graceOf(1), lastModifiedDateTime: changed } });
    const failed = advanceRecord(well, [MALWARE], after, NOW);
    expect(failed.evaluation?.policyStates['android-baseline']).toEqual({
      noncompliantSinceDateTime: NOW,
    });
  });

  it('begins with the change of the configuration that it is due to, whoever evaluates it when', () => {
    const lax = given({ policy: { ...graceOf(1), osMinimumVersion: '15' } });
    const well = advanceRecord(createDeviceRecord('phone-1'), BEGINNING, lax, BEFORE);
    const changed = addSeconds(NOW, -1800);
    const strict = given({
      policy: { ...graceOf(1), osMinimumVersion: '16', lastModifiedDateTime: changed },
    });
    const ends = addSeconds(changed, HOUR);
    const heartbeat = signalOf({ type: 'heartbeat' }, addSeconds(NOW, -60));
    // A worker that has the old configuration yet writes after the change, and takes nothing from it.
    const stale = advanceRecord(well, [heartbeat], lax, addSeconds(NOW, -60));
    for (const record of [well, stale]) {
      for (const at of [NOW, addSeconds(NOW, 900)]) {
        const evaluation = evaluateCompliance(record, alive(strict, at), at);
        expect(evaluation.complianceGracePeriodExpirationDateTime).toBe(ends);
      }
    }
    // And so it is written with the next signal, which it has nothing to do with.
    const written = advanceRecord(stale, [signalOf({ type: 'heartbeat' }, NOW)], strict, NOW);
    expect(written.evaluation?.complianceState).toBe('inGracePeriod');
    expect(written.evaluation?.changeDueDateTime).toBe(ends);
  });

  it('is not made longer by a clock that was ahead when the failure was written down', () => {
    const configuration = given({ policy: graceOf(1) });
    const record = failing(configuration);
    const at = addSeconds(NOW, -60);
    const evaluation = evaluateCompliance(record, alive(configuration, at), at);
    expect(evaluation.complianceGracePeriodExpirationDateTime).toBe(addSeconds(at, HOUR));
  });

  it('begins once: another threat, or the same one again, does not begin it anew', () => {
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

  it('begins anew after a recovery', () => {
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
    const well = advanceRecord(failing(configuration), [resolved], configuration, recovered);
    expect(well.evaluation?.complianceState).toBe('compliant');
    const record = advanceRecord(well, [second], configuration, again);
    expect(stateAndCodes(record, configuration, addSeconds(again, HOUR - 1))[0]).toBe(
      'inGracePeriod',
    );
  });

  it('counts from the change of the policy where that is what the device fails', () => {
    const strict = given({
      policy: { ...graceOf(1), osMinimumVersion: '16', lastModifiedDateTime: NOW },
    });
    const record = advanceRecord(createDeviceRecord('phone-1'), BEGINNING, given(), BEFORE);
    const read = addSeconds(NOW, HOUR / 2);
    expect(evaluateCompliance(record, strict, read).complianceGracePeriodExpirationDateTime).toBe(
      addSeconds(NOW, HOUR),
    );
    expect(stateAndCodes(record, strict, addSeconds(NOW, HOUR))[0]).toBe('noncompliant');
  });

  it('is not given to the built-in policy: a silent device is noncompliant at once', () => {
    const configuration = given({ policy: graceOf(24) });
    const record = advanceRecord(createDeviceRecord('phone-1'), BEGINNING, configuration, BEFORE);
    const silent = addSeconds(BEFORE, 11 * HOUR);
    const heard = given({
      policy: graceOf(24),
      connector: { lastHeartbeatDateTime: silent },
    });
    expect(stateAndCodes(record, heard, silent).slice(0, 2)).toEqual([
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
  ])('keeps the old state for seven days: after %i seconds %s', (seconds, state) => {
    const record = failing(limited, unreadable);
    const at = addSeconds(NOW, seconds);
    expect(stateAndCodes(record, alive(limited, at), at)[0]).toBe(state);
  });

  it('keeps an old state that was noncompliant', () => {
    const record = advanceRecord(failing(limited), [unreadable], limited, addSeconds(NOW, 60));
    expect(stateAndCodes(record, limited, addSeconds(NOW, 120))[0]).toBe('noncompliant');
  });

  it('is an error where there is no old state, and stays one', () => {
    const record = advanceRecord(
      createDeviceRecord('phone-1'),
      [...BEGINNING.slice(1), unreadable],
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
      [...BEGINNING.slice(1), unreadable, MALWARE],
      configuration,
      NOW,
    );
    expect(record.evaluation?.complianceState).toBe('error');
    expect(stateAndCodes(record, configuration, addSeconds(NOW, 60))[0]).toBe('error');
  });
});

describe('the beginning of a grace that nobody has written down', () => {
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

  const beginningOf = (
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
    ['a threat', { ...given({ policy }), threatOverrides: [override] }],
  ])('is the change of %s that the last evaluation did not know', (_, configuration) => {
    expect(beginningOf(configuration, stored)).toBe(changedAt);
    expect(beginningOf(configuration, undated)).toBe(changedAt);
    expect(beginningOf(configuration, { ...stored, configuredDateTime: changedAt })).toBe(NOW);
  });

  it.each<[string, Configuration, StoredEvaluation | undefined]>([
    ['nothing was ever changed', given({ policy }), stored],
    [
      'the change is older than the last evaluation',
      given({ policy: { ...policy, lastModifiedDateTime: LONG_BEFORE } }),
      undated,
    ],
    [
      'the change is of another policy',
      {
        ...given({ policy }),
        compliancePolicies: given({ policy }).compliancePolicies.map((each) =>
          each.id === 'android-baseline' ? each : { ...each, lastModifiedDateTime: changedAt },
        ),
      },
      stored,
    ],
    [
      'the change is dated by a clock that is ahead',
      given({ policy: { ...policy, lastModifiedDateTime: addSeconds(NOW, 60) } }),
      stored,
    ],
    [
      'the device was never evaluated',
      given({ policy: { ...policy, lastModifiedDateTime: changedAt } }),
      undefined,
    ],
  ])('is now where %s', (_, configuration, evaluation) => {
    expect(beginningOf(configuration, evaluation)).toBe(NOW);
  });
});
