import { describe, expect, it } from 'vitest';
import type { DeviceCompliancePolicy } from '../../../../shared/domain/compliance/configuration.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, SAMPLE } from '../../../support/given.ts';

/** From the best to the worst; Intune, compliance policy monitoring. */
const ORDER = ['notApplicable', 'compliant', 'inGracePeriod', 'nonCompliant', 'error'] as const;
type Status = (typeof ORDER)[number];

const STATES: Readonly<Record<Status, string>> = {
  notApplicable: 'compliant',
  compliant: 'compliant',
  inGracePeriod: 'inGracePeriod',
  nonCompliant: 'noncompliant',
  error: 'error',
};

/** A phone at risk `medium` with an unreadable OS version. */
const device = deviceOf(
  signalOf(
    { type: 'enrolled', properties: { operatingSystem: 'Android', osVersion: '?' } },
    BEFORE,
  ),
  signalOf({ type: 'activated' }, BEFORE),
  signalOf({ type: 'riskReported', riskLevel: 'medium' }, BEFORE),
);

const blockAfter = (gracePeriodHours: number): Partial<DeviceCompliancePolicy> => ({
  scheduledActionsForRule: [
    { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours }] },
  ],
});

/** A policy that has each status on the phone. */
const POLICIES: Readonly<Record<Status, Partial<DeviceCompliancePolicy>>> = {
  notApplicable: { deviceThreatProtectionRequiredSecurityLevel: 'notSet' },
  compliant: { deviceThreatProtectionRequiredSecurityLevel: 'medium' },
  inGracePeriod: { deviceThreatProtectionRequiredSecurityLevel: 'low', ...blockAfter(1) },
  nonCompliant: { deviceThreatProtectionRequiredSecurityLevel: 'low' },
  error: { deviceThreatProtectionRequiredSecurityLevel: 'medium', osMinimumVersion: '13' },
};

const [baseline] = SAMPLE.compliancePolicies;

function policyOf(status: Status, id: string): DeviceCompliancePolicy {
  if (baseline === undefined) throw new TypeError('no sample policy');
  return { ...baseline, id, ...POLICIES[status] };
}

describe('several policies on one device', () => {
  const pairs = ORDER.flatMap((a, i) =>
    ORDER.map((b, j) => [a, b, STATES[ORDER[Math.max(i, j)] ?? 'error']] as const),
  );

  it.each(pairs)('%s and %s make it %s', (a, b, expected) => {
    const configuration = {
      ...SAMPLE,
      compliancePolicies: [policyOf(a, 'first'), policyOf(b, 'second')],
    };
    const evaluation = evaluateCompliance({ device }, configuration, NOW);
    expect(evaluation.complianceState).toBe(expected);
    expect(evaluation.policyVersion).toBe('first@1,second@1');
  });

  it('give the reasons of every failed policy, each with its policy and setting', () => {
    const configuration = {
      ...SAMPLE,
      compliancePolicies: [policyOf('nonCompliant', 'first'), policyOf('error', 'second')],
    };
    const { reasons } = evaluateCompliance({ device }, configuration, NOW);
    expect(reasons).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: 'threatLevelAboveCeiling',
          policyId: 'first',
          setting: 'deviceThreatProtectionRequiredSecurityLevel',
        }),
        expect.objectContaining({
          code: 'settingInError',
          policyId: 'second',
          setting: 'osMinimumVersion',
        }),
      ]),
    );
  });
});
