import { describe, expect, it } from 'vitest';
import type {
  ConditionalAccessPolicy,
  Configuration,
  DeviceCompliancePolicy,
} from '../../../../shared/domain/compliance/configuration.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { blocksEveryone } from '../../../../shared/core/configuration/blocksEveryone.ts';
import type { DeviceList } from '../../../../shared/core/ports/devices.ts';
import { accessPolicy, withOnly } from '../../../support/accessPolicies.ts';
import { assessedDevice, blockAfter, given, healthyDeviceOn } from '../../../support/given.ts';
import { NOW } from '../../../support/signals.ts';

/** A device list in memory. */
const listOf = (...devices: readonly Device[]): DeviceList => ({
  list: () =>
    Promise.resolve({
      records: devices.map((device) => ({ ...createDeviceRecord(device.deviceId), device })),
      unreadable: [],
    }),
});

const staff = assessedDevice({ groupIds: ['staff'] });

const sample = given();
const AT = { now: NOW, strongest: 'deviceId' } as const;

/** Adds a blocking policy to the sample policies, or replaces them with an allowing one. */
function withAccess(
  conditions: ConditionalAccessPolicy['conditions'],
  control: 'block' | 'compliantDevice' = 'compliantDevice',
): Configuration {
  const kept = control === 'block' ? sample.conditionalAccessPolicies : [];
  return withOnly(...kept, accessPolicy('policy', conditions, control));
}

const applications = { includeApplications: ['All'] };
const withGrace = (hours: number): Partial<DeviceCompliancePolicy> => ({
  osMinimumVersion: '99',
  ...blockAfter(hours),
});
const unassigned = given({ policy: { assignments: [] } });

describe('a change that blocks every device', () => {
  it.each<[string, readonly Device[], Configuration]>([
    ['blocks everything', [staff], withAccess({ applications }, 'block')],
    [
      'requires a version that no device has',
      [staff],
      given({ policy: { osMinimumVersion: '99' } }),
    ],
    [
      'requires a version that no device has, after a grace period',
      [staff],
      given({ policy: withGrace(24) }),
    ],
    [
      'allows only a group without devices',
      [staff],
      withAccess({ applications, users: { includeGroups: ['board'] } }),
    ],
    ['deletes every policy', [staff], { ...sample, conditionalAccessPolicies: [] }],
    ['removes every assignment, without any device yet', [], unassigned],
    ['blocks everything, without any device yet', [], withAccess({ applications }, 'block')],
    [
      'ignores the partner, without any device yet',
      [],
      given({ connector: { reportDeviceHealthAndRisk: false, reportSecurityIncidents: false } }),
    ],
    [
      'requires a newer version than it allows, without any device yet',
      [],
      given({ policy: { osMinimumVersion: '16', osMaximumVersion: '15' } }),
    ],
  ])('is detected if it %s', async (_, devices, after) => {
    expect(await blocksEveryone(listOf(...devices), sample, after, AT)).toBe(true);
  });
});

describe('a change that allows some device', () => {
  it.each<[string, readonly Device[], Configuration]>([
    ['changes nothing', [staff], sample],
    [
      'allows a group with a device',
      [staff],
      withAccess({ applications, users: { includeGroups: ['staff'] } }),
    ],
    [
      'allows a group, without any device yet',
      [],
      withAccess({ applications, users: { includeGroups: ['staff'] } }),
    ],
    [
      'allows one user, without any device yet',
      [],
      withAccess({ applications, users: { includeUsers: ['ada@contoso.example'] } }),
    ],
    [
      'blocks everything except an app',
      [staff],
      withAccess(
        { applications: { includeApplications: ['All'], excludeApplications: ['companyApp:x'] } },
        'block',
      ),
    ],
    [
      'blocks every named resource but no app',
      [staff],
      withAccess(
        {
          applications: {
            includeApplications: ['exchangeOnline', 'sharePointOnline', 'oneDrive', 'wifi'],
          },
        },
        'block',
      ),
    ],
    [
      'requires a future version, without any device yet',
      [],
      given({ policy: { osMinimumVersion: '99' } }),
    ],
    [
      'limits the newest version, without any device yet',
      [],
      given({ policy: { osMinimumVersion: '14', osMaximumVersion: '15' } }),
    ],
    [
      'requires a version that no device has on one platform',
      [staff, healthyDeviceOn('iOS')],
      onAndroid(),
    ],
  ])('passes if it %s', async (_, devices, after) => {
    expect(await blocksEveryone(listOf(...devices), sample, after, AT)).toBe(false);
  });

  it('passes with a minimum identification only if a caller can provide it', async () => {
    const [policy] = sample.conditionalAccessPolicies;
    if (policy === undefined) throw new TypeError('no sample policy');
    const grantControls = {
      ...policy.grantControls,
      minimumDeviceIdentification: 'clientCertificate' as const,
    };
    const after = { ...sample, conditionalAccessPolicies: [{ ...policy, grantControls }] };
    const strongest = 'clientCertificate';
    expect(await blocksEveryone(listOf(staff), sample, after, { ...AT, strongest })).toBe(false);
    expect(await blocksEveryone(listOf(staff), sample, after, AT)).toBe(true);
  });

  it('passes if every device is in its grace period and stays in it', async () => {
    const before = given({ policy: withGrace(24) });
    const after = given({ policy: { ...withGrace(24), displayName: 'another name' } });
    expect(await blocksEveryone(listOf(staff), before, after, AT)).toBe(false);
  });
});

function onAndroid(): Configuration {
  return {
    ...sample,
    compliancePolicies: sample.compliancePolicies.map((policy) =>
      policy['@odata.type'] === '#microsoft.graph.androidCompliancePolicy'
        ? { ...policy, osMinimumVersion: '99' }
        : policy,
    ),
  };
}
