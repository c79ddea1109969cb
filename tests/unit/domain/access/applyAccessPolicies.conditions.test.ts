import { describe, expect, it } from 'vitest';
import { defined } from '../../../../shared/base/defined.ts';
import type { AccessContext } from '../../../../shared/domain/access/accessContext.ts';
import type {
  Configuration,
  MobileThreatDefenseConnector,
} from '../../../../shared/domain/compliance/configuration.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import type { Identification } from '../../../../shared/domain/vocabulary/identification.ts';
import {
  accessPolicy,
  BASE_POLICY,
  decide,
  withOnly,
  withPolicies,
  type Conditions,
} from '../../../support/accessPolicies.ts';
import { assessedDevice, enrolled, given, healthyDeviceOn } from '../../../support/given.ts';
import { deviceOf, signalOf } from '../../../support/signals.ts';

const onOpenNetwork = healthyDeviceOn(
  'android',
  signalOf({ type: 'telemetryReported', telemetry: { network: { security: 'open' } } }),
);

describe('a threat condition', () => {
  const closing = accessPolicy(
    'attacked networks',
    {
      applications: { includeApplications: ['wifi', 'sharePointOnline'] },
      deviceThreat: { defences: ['network'], minimumLevel: 'low' },
    },
    'block',
  );

  it.each([
    ['wifi', 'block'],
    ['sharePointOnline', 'block'],
    ['exchangeOnline', 'allow'],
    ['oneDrive', 'allow'],
    ['companyApp:payroll', 'allow'],
  ] as const)(
    'of a policy for Wi-Fi and SharePoint: access to %s from an open network is %s',
    (resource, decision) => {
      expect(
        decide(onOpenNetwork, withPolicies(closing), { resource, identifiedBy: 'deviceId' })
          .decision,
      ).toBe(decision);
      expect(
        decide(healthyDeviceOn('android'), withPolicies(closing), {
          resource,
          identifiedBy: 'deviceId',
        }).decision,
      ).toBe('allow');
    },
  );

  it('names the policy and the threat', () => {
    const { reasons } = decide(onOpenNetwork, withPolicies(closing));
    expect(reasons.map(({ code, policyId, category }) => [code, policyId ?? category])).toEqual([
      ['deviceThreatPresent', 'attacked networks'],
      ['threatDetected', 'network'],
    ]);
  });

  it.each([
    [['network'], 'low', 'block'],
    [['network'], 'medium', 'allow'],
    [['physical', 'network'], 'low', 'block'],
    [['application'], 'low', 'allow'],
  ] as const)(
    'on %j at %s or worse, with a low network threat: %s',
    (defences, level, decision) => {
      const condition = accessPolicy(
        'x',
        { deviceThreat: { defences, minimumLevel: level } },
        'block',
      );
      expect(decide(onOpenNetwork, withPolicies(condition)).decision).toBe(decision);
    },
  );

  const unassessed = deviceOf(enrolled('android'));

  it.each<[string, Partial<MobileThreatDefenseConnector>, Device, string]>([
    [
      'in Basic integration',
      { reportSecurityIncidents: false },
      onOpenNetwork,
      'settingNotReported',
    ],
    [
      'in read-only integration',
      { reportDeviceHealthAndRisk: false },
      onOpenNetwork,
      'connectorReadOnly',
    ],
    [
      'if the platform is off',
      { androidEnabled: false },
      onOpenNetwork,
      'connectorDisabledForPlatform',
    ],
    [
      'of an unassessed device whose platform is off',
      { androidEnabled: false },
      unassessed,
      'connectorDisabledForPlatform',
    ],
    ['of a device that was never assessed', {}, unassessed, 'noPartnerData'],
    [
      'of a device that owes its assessment',
      {},
      deviceOf(enrolled('android'), signalOf({ type: 'activated' })),
      'assessmentPending',
    ],
    [
      'of a device whose app was removed',
      {},
      healthyDeviceOn('android', signalOf({ type: 'deactivated' })),
      'appDeactivated',
    ],
    ['of a device that is not enrolled', {}, createDevice('x'), 'deviceNotEnrolled'],
  ])('applies to unknown threats %s', (_, connector, device, code) => {
    const configuration: Configuration = {
      ...withPolicies(closing),
      ...defined({ connector: given({ connector }).connector }),
    };
    const { decision, reasons } = decide(device, configuration);
    expect([decision, reasons.map((reason) => reason.code)]).toEqual([
      'block',
      ['blockedByPolicy', code],
    ]);
    const { decision: elsewhere } = decide(device, configuration, {
      resource: 'oneDrive',
      identifiedBy: 'deviceId',
    });
    expect(elsewhere).toBe(
      decide(
        device,
        { ...configuration, conditionalAccessPolicies: [BASE_POLICY] },
        {
          resource: 'oneDrive',
          identifiedBy: 'deviceId',
        },
      ).decision,
    );
  });

  it('names a known threat also where others are unknown', () => {
    const infected = deviceOf(
      enrolled('android'),
      signalOf({ type: 'telemetryReported', telemetry: { network: { security: 'open' } } }),
    );
    expect(decide(infected, withPolicies(closing)).reasons[0]?.code).toBe('deviceThreatPresent');
  });

  it('of unknown threats allows no device', () => {
    const alone = accessPolicy(
      'alone',
      { deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
      'compliantDevice',
    );
    const configuration = withOnly(alone);
    const basic = {
      ...configuration,
      ...defined({ connector: given({ connector: { reportSecurityIncidents: false } }).connector }),
    };
    expect(decide(healthyDeviceOn('android'), basic).reasons[0]?.code).toBe(
      'noConditionalAccessPolicy',
    );
  });

  it('allows no device by itself', () => {
    const alone = accessPolicy(
      'alone',
      { deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
      'compliantDevice',
    );
    const configuration = withOnly(alone);
    for (const device of [onOpenNetwork, healthyDeviceOn('android')]) {
      expect(decide(device, configuration).reasons[0]?.code).toBe('noConditionalAccessPolicy');
    }
  });
});

describe('a user condition', () => {
  const ADA = 'ada@contoso.example';
  const BOB = 'bob@contoso.example';
  const phoneOfAda = assessedDevice({
    userPrincipalName: ADA,
    userId: 'user-1',
    groupIds: ['finance'],
  });

  it.each<[string, NonNullable<Conditions['users']>, string | undefined, 'allow' | 'block']>([
    ['all users', { includeUsers: ['All'] }, undefined, 'block'],
    ['the user by name', { includeUsers: [ADA] }, undefined, 'block'],
    ['the user by name, in capitals', { includeUsers: ['ADA@CONTOSO.EXAMPLE'] }, ADA, 'block'],
    ['the user by id', { includeUsers: ['user-1'] }, ADA, 'block'],
    ['another user', { includeUsers: [BOB] }, ADA, 'allow'],
    ['no user', { includeUsers: ['None'] }, ADA, 'allow'],
    ["the user's group", { includeGroups: ['finance'] }, ADA, 'block'],
    ['another group', { includeGroups: ['sales'] }, ADA, 'allow'],
    ['all but the user', { includeUsers: ['All'], excludeUsers: [ADA] }, ADA, 'allow'],
    [
      "all but the user's group",
      { includeUsers: ['All'], excludeGroups: ['finance'] },
      ADA,
      'allow',
    ],
    ['all but another group', { includeUsers: ['All'], excludeGroups: ['sales'] }, ADA, 'block'],
    // Another user has the phone. Their groups are unknown, so no group excludes them.
    ['another user, who uses the phone', { includeUsers: [BOB] }, BOB, 'block'],
    ['a group, while another user uses the phone', { includeGroups: ['sales'] }, BOB, 'block'],
    [
      "all but the user's group, while another user uses the phone",
      { includeUsers: ['All'], excludeGroups: ['finance'] },
      BOB,
      'block',
    ],
  ])('that includes %s', (_, users, userPrincipalName, decision) => {
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      ...defined({ userPrincipalName }),
    };
    expect(
      decide(phoneOfAda, withPolicies(accessPolicy('x', { users }, 'block')), context).decision,
    ).toBe(decision);
  });

  it.each<[string, NonNullable<Conditions['users']>, 'allow' | 'block']>([
    ['its group', { includeGroups: ['finance'] }, 'block'],
    ['a group that may be its own', { includeGroups: ['sales'] }, 'block'],
    ['a group that is surely not its own', { includeGroups: ['legal'] }, 'allow'],
    ['all but its group', { includeUsers: ['All'], excludeGroups: ['finance'] }, 'allow'],
    [
      'all but a group that may be its own',
      { includeUsers: ['All'], excludeGroups: ['sales'] },
      'block',
    ],
  ])('that includes %s, while some groups are unknown', (_, users, decision) => {
    const phone = assessedDevice({
      userPrincipalName: ADA,
      partlyKnownGroups: { memberOf: ['finance'], unknown: ['sales'] },
    });
    const policy = accessPolicy('x', { users }, 'block');
    expect(decide(phone, withPolicies(policy)).decision).toBe(decision);
  });

  it('blocks a device whose user is unknown', () => {
    const closing = accessPolicy('x', { users: { includeUsers: [BOB] } }, 'block');
    expect(decide(healthyDeviceOn('android'), withPolicies(closing)).decision).toBe('block');
  });
});

describe('a condition on unknown facts', () => {
  const BOB = 'bob@contoso.example';
  const demanding = (users: NonNullable<Conditions['users']>): Configuration =>
    withOnly(accessPolicy('only', { users }, 'compliantDevice'));

  it.each<[string, NonNullable<Conditions['users']>, string | undefined]>([
    ['whether the user is in the group', { includeGroups: ['finance'] }, undefined],
    ['the name of the user', { includeUsers: [BOB] }, undefined],
    ['the object id of a user other than the enrolled one', { includeUsers: ['user-2'] }, BOB],
    [
      'whether the user is in the excluded group',
      { includeUsers: ['All'], excludeGroups: ['sales'] },
      undefined,
    ],
  ])('allows no device: %s', (_, users, userPrincipalName) => {
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      ...defined({ userPrincipalName }),
    };
    const { decision, reasons } = decide(healthyDeviceOn('android'), demanding(users), context);
    expect([decision, reasons[0]?.code, reasons[0]?.policyId]).toEqual([
      'block',
      'noConditionalAccessPolicy',
      'only',
    ]);
  });

  it('does not matter once the user has a name that the policy includes', () => {
    const users = { includeUsers: [BOB] };
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      userPrincipalName: BOB,
    };
    expect(decide(healthyDeviceOn('android'), demanding(users), context).decision).toBe('allow');
  });
});

describe('a platform condition', () => {
  it.each([
    [{ includePlatforms: ['all'] }, 'block', 'block'],
    [{ includePlatforms: ['android'] }, 'block', 'allow'],
    [{ includePlatforms: ['iOS'] }, 'allow', 'block'],
    [{ includePlatforms: ['all'], excludePlatforms: ['iOS'] }, 'block', 'allow'],
  ] as const)('%j: Android %s, iOS %s', (platforms, android, iOS) => {
    const configuration = withPolicies(accessPolicy('x', { platforms }, 'block'));
    expect(decide(healthyDeviceOn('android'), configuration).decision).toBe(android);
    expect(decide(healthyDeviceOn('iOS'), configuration).decision).toBe(iOS);
  });
});

describe('a policy that requires a minimum device identification', () => {
  const asking = (minimum: Identification): Configuration => {
    const { grantControls, ...rest } = accessPolicy('proof', {}, 'compliantDevice');
    return withOnly({
      ...rest,
      grantControls: { ...grantControls, minimumDeviceIdentification: minimum },
    });
  };

  it.each([
    ['wiFiMacAddress', 'wiFiMacAddress', 'allow'],
    ['wiFiMacAddress', 'clientCertificate', 'allow'],
    ['imei', 'wiFiMacAddress', 'block'],
    ['imei', 'udid', 'allow'],
    ['serialNumber', 'imei', 'allow'],
    ['deviceId', 'serialNumber', 'block'],
    ['deviceId', 'deviceId', 'allow'],
    ['clientCertificate', 'deviceId', 'block'],
    ['clientCertificate', 'clientCertificate', 'allow'],
  ] as const)('of %s, for a device identified by %s: %s', (minimum, identifiedBy, decision) => {
    const context: AccessContext = { resource: 'wifi', identifiedBy };
    const answer = decide(healthyDeviceOn('android'), asking(minimum), context);
    expect([answer.decision, answer.reasons[0]?.code]).toEqual([
      decision,
      decision === 'allow' ? 'allowedByPolicy' : 'deviceIdentificationTooWeak',
    ]);
  });

  it('reports a failure if it is report-only', () => {
    const [demanding] = asking('clientCertificate').conditionalAccessPolicies;
    if (demanding === undefined) throw new TypeError('no policy');
    const reporting = { ...demanding, state: 'enabledForReportingButNotEnforced' as const };
    const answer = decide(healthyDeviceOn('android'), withPolicies(reporting));
    expect([answer.decision, answer.reportOnlyPolicies[0]?.result]).toEqual([
      'allow',
      'reportOnlyFailure',
    ]);
  });
});
