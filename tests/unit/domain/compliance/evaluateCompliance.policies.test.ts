import { describe, expect, it } from 'vitest';
import type { DeviceCompliancePolicy } from '../../../../shared/domain/compliance/configuration.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, given, stateAndCodes, SAMPLE } from '../../../support/given.ts';

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

/** A phone at risk `medium` whose version nobody can read. */
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

/** A policy that comes to that status on the phone. */
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

  it('give the reasons of every one that the device fails, each with its policy and setting', () => {
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

describe('the assignment of policies', () => {
  const everyone = {
    target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' },
  } as const;
  const everyDevice = {
    target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' },
  } as const;
  const group = (groupId: string) =>
    ({ target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId } }) as const;
  const except = (groupId: string) =>
    ({
      target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId },
    }) as const;

  it.each([
    ['everyone', [everyone], ['a'], true],
    ['everyone, in no group', [everyone], undefined, true],
    ['all devices', [everyDevice], ['a'], true],
    ['its group', [group('a')], ['a'], true],
    ['a group, and nobody has told its own', [group('a')], undefined, true],
    [
      'everyone except a group, and nobody has told its own',
      [everyone, except('a')],
      undefined,
      true,
    ],
    ['a group, and it is in none', [group('a')], [], false],
    ['all devices except its group', [everyDevice, except('a')], ['a'], false],
    ['nobody but an exclusion, and nobody has told its groups', [except('b')], undefined, false],
    ['another group', [group('b')], ['a'], false],
    ['one of its groups', [group('b'), group('a')], ['a', 'c'], true],
    ['everyone except its group', [everyone, except('a')], ['a'], false],
    ['its group, and except another of its groups', [group('a'), except('c')], ['a', 'c'], false],
    ['everyone except another group', [everyone, except('b')], ['a'], true],
    ['nobody', [], ['a'], false],
    ['nobody but an exclusion', [except('b')], ['a'], false],
  ] as const)('to %s', (_, assignments, groupIds, isAssigned) => {
    const configuration = given({ policy: { assignments } });
    const properties = { operatingSystem: 'Android', osVersion: '15' } as const;
    const phone = deviceOf(
      signalOf(
        {
          type: 'enrolled',
          properties: { ...properties, ...(groupIds === undefined ? {} : { groupIds }) },
        },
        BEFORE,
      ),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    );
    const expected = isAssigned
      ? ['compliant', 'compliant']
      : ['noncompliant', 'noCompliancePolicyAssigned'];
    expect(stateAndCodes({ device: phone }, configuration, NOW)).toEqual(expected);
    const lenient = given({ policy: { assignments }, settings: { secureByDefault: false } });
    expect(stateAndCodes({ device: phone }, lenient, NOW)[0]).toBe('compliant');
  });

  it('is by platform: a policy for Android says nothing about an iPhone', () => {
    const android = SAMPLE.compliancePolicies.filter(
      (policy) => policy['@odata.type'] === '#microsoft.graph.androidCompliancePolicy',
    );
    const iPhone = deviceOf(
      signalOf(
        { type: 'enrolled', properties: { operatingSystem: 'iOS', osVersion: '18' } },
        BEFORE,
      ),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    );
    expect(
      stateAndCodes({ device: iPhone }, { ...SAMPLE, compliancePolicies: android }, NOW),
    ).toEqual(['noncompliant', 'noCompliancePolicyAssigned']);
  });

  it.each([
    [{ userPrincipalName: 'ada@contoso.example' }, 'compliant'],
    [{}, 'compliant'],
    [{ userPrincipalName: '' }, 'noncompliant'],
    [{ userId: '' }, 'noncompliant'],
  ])('needs an enrolled user who exists: %j is %s', (user, state) => {
    const phone = deviceOf(
      signalOf(
        { type: 'enrolled', properties: { operatingSystem: 'Android', osVersion: '15', ...user } },
        BEFORE,
      ),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    );
    const [found, code] = stateAndCodes({ device: phone }, SAMPLE, NOW);
    expect([found, code]).toEqual([
      state,
      state === 'compliant' ? 'compliant' : 'enrolledUserMissing',
    ]);
  });
});
