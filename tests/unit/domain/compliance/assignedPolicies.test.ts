import { describe, expect, it } from 'vitest';
import { NOW } from '../../../support/signals.ts';
import { assessedDevice, given, SAMPLE, stateAndCodes } from '../../../support/given.ts';

describe('the assignment of a policy', () => {
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
    ['everyone, while the groups are unknown', [everyone], undefined, true],
    ['all devices', [everyDevice], ['a'], true],
    ['its group', [group('a')], ['a'], true],
    ['a group, while the groups are unknown', [group('a')], undefined, true],
    [
      'everyone except a group, while the groups are unknown',
      [everyone, except('a')],
      undefined,
      true,
    ],
    ['a group, for a device without groups', [group('a')], [], false],
    ['all devices except its group', [everyDevice, except('a')], ['a'], false],
    ['an exclusion only, while the groups are unknown', [except('b')], undefined, false],
    ['another group', [group('b')], ['a'], false],
    ['one of its groups', [group('b'), group('a')], ['a', 'c'], true],
    ['everyone except its group', [everyone, except('a')], ['a'], false],
    ['its group except another of its groups', [group('a'), except('c')], ['a', 'c'], false],
    ['everyone except another group', [everyone, except('b')], ['a'], true],
    ['nobody', [], ['a'], false],
    ['an exclusion only', [except('b')], ['a'], false],
  ] as const)('to %s', (_, assignments, groupIds, isAssigned) => {
    const configuration = given({ policy: { assignments } });
    const phone = assessedDevice(groupIds === undefined ? {} : { groupIds });
    const expected = isAssigned
      ? ['compliant', 'compliant']
      : ['noncompliant', 'noCompliancePolicyAssigned'];
    expect(stateAndCodes({ device: phone }, configuration, NOW)).toEqual(expected);
    const lenient = given({ policy: { assignments }, settings: { secureByDefault: false } });
    expect(stateAndCodes({ device: phone }, lenient, NOW)[0]).toBe('compliant');
  });

  it('depends on the platform: an Android policy does not apply to an iPhone', () => {
    const android = SAMPLE.compliancePolicies.filter(
      (policy) => policy['@odata.type'] === '#microsoft.graph.androidCompliancePolicy',
    );
    const iPhone = assessedDevice({ operatingSystem: 'iOS', osVersion: '18' });
    expect(
      stateAndCodes({ device: iPhone }, { ...SAMPLE, compliancePolicies: android }, NOW),
    ).toEqual(['noncompliant', 'noCompliancePolicyAssigned']);
  });

  it.each([
    ['a group that may be its own', [group('b')], true],
    ['a group that is its own', [group('a')], true],
    ['a group that is surely not its own', [group('c')], false],
    ['everyone except a group that may be its own', [everyone, except('b')], true],
    ['everyone except a group that is its own', [everyone, except('a')], false],
  ] as const)('to %s, while some groups are unknown', (_, assignments, isAssigned) => {
    const configuration = given({ policy: { assignments } });
    const phone = assessedDevice({ partlyKnownGroups: { memberOf: ['a'], unknown: ['b'] } });
    const [, code] = stateAndCodes({ device: phone }, configuration, NOW);
    expect(code).toBe(isAssigned ? 'compliant' : 'noCompliancePolicyAssigned');
  });
});
