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
import { BEFORE, given, wellDevice } from '../../../support/given.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';

/** The list of a store, with nothing behind it. */
const listOf = (...devices: readonly Device[]): DeviceList => ({
  list: () =>
    Promise.resolve({
      records: devices.map((device) => ({ ...createDeviceRecord(device.deviceId), device })),
      unreadable: [],
    }),
});

const staff = deviceOf(
  signalOf(
    {
      type: 'enrolled',
      properties: { operatingSystem: 'Android', osVersion: '15', groupIds: ['staff'] },
    },
    BEFORE,
  ),
  signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
);

const sample = given();
const AT = { now: NOW, strongest: 'deviceId' } as const;

function accessed(
  conditions: ConditionalAccessPolicy['conditions'],
  control: 'block' | 'compliantDevice' = 'compliantDevice',
): Configuration {
  const policy: ConditionalAccessPolicy = {
    id: 'policy',
    version: 1,
    displayName: 'policy',
    state: 'enabled',
    conditions,
    grantControls: { operator: 'OR', builtInControls: [control] },
  };
  const kept = control === 'block' ? sample.conditionalAccessPolicies : [];
  return { ...sample, conditionalAccessPolicies: [...kept, policy] };
}

const applications = { includeApplications: ['All'] };
const withGrace = (hours: number): Partial<DeviceCompliancePolicy> => ({
  osMinimumVersion: '99',
  scheduledActionsForRule: [
    { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: hours }] },
  ],
});
const unassigned = given({ policy: { assignments: [] } });

describe('a change that locks everybody out', () => {
  it.each<[string, readonly Device[], Configuration]>([
    ['blocks everything', [staff], accessed({ applications }, 'block')],
    ['asks of all what none has', [staff], given({ policy: { osMinimumVersion: '99' } })],
    ['does so once a grace is over', [staff], given({ policy: withGrace(24) })],
    [
      'is for a group that nobody with a device is in',
      [staff],
      accessed({ applications, users: { includeGroups: ['board'] } }),
    ],
    ['takes away every policy', [staff], { ...sample, conditionalAccessPolicies: [] }],
    ['takes away every assignment before there are devices', [], unassigned],
    ['blocks everything before there are devices', [], accessed({ applications }, 'block')],
    [
      'stops to listen before there are devices',
      [],
      given({ connector: { reportDeviceHealthAndRisk: false, reportSecurityIncidents: false } }),
    ],
    [
      'asks for less than the most that it allows',
      [],
      given({ policy: { osMinimumVersion: '16', osMaximumVersion: '15' } }),
    ],
  ])('is found where it %s', async (_, devices, after) => {
    expect(await blocksEveryone(listOf(...devices), sample, after, AT)).toBe(true);
  });
});

describe('a change that leaves somebody in', () => {
  it.each<[string, readonly Device[], Configuration]>([
    ['changes nothing', [staff], sample],
    [
      'is for a group that somebody is in',
      [staff],
      accessed({ applications, users: { includeGroups: ['staff'] } }),
    ],
    [
      'is for a group, before there are devices',
      [],
      accessed({ applications, users: { includeGroups: ['staff'] } }),
    ],
    [
      'is for one user, before there are devices',
      [],
      accessed({ applications, users: { includeUsers: ['ada@contoso.example'] } }),
    ],
    [
      'blocks all but an app',
      [staff],
      accessed(
        { applications: { includeApplications: ['All'], excludeApplications: ['companyApp:x'] } },
        'block',
      ),
    ],
    [
      'blocks all that is named, and no app',
      [staff],
      accessed(
        {
          applications: {
            includeApplications: ['exchangeOnline', 'sharePointOnline', 'oneDrive', 'wifi'],
          },
        },
        'block',
      ),
    ],
    ['asks for a version that is to come', [], given({ policy: { osMinimumVersion: '99' } })],
    [
      'allows no newer version than one',
      [],
      given({ policy: { osMinimumVersion: '14', osMaximumVersion: '15' } }),
    ],
    ['asks of one platform what none has', [staff, wellDevice('iOS')], onAndroid()],
  ])('is let pass where it %s', async (_, devices, after) => {
    expect(await blocksEveryone(listOf(...devices), sample, after, AT)).toBe(false);
  });

  it('asks for a proof that a caller can bring, and is let pass only then', async () => {
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

  it('is let pass where all are in their grace and nothing is changed about it', async () => {
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
