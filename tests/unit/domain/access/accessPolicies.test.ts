import { describe, expect, it } from 'vitest';
import type {
  ConditionalAccessPolicy,
  Configuration,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import {
  answerExpiry,
  applyAccessPolicies,
  MAX_DECISION_AGE_IN_SECONDS,
} from '../../../../shared/domain/access/applyAccessPolicies.ts';
import type { AccessContext } from '../../../../shared/domain/access/accessContext.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import type { Identification } from '../../../../shared/domain/vocabulary/identification.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
} from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, SAMPLE, wellDevice } from '../../../support/given.ts';

type Conditions = ConditionalAccessPolicy['conditions'];

const ALL: Conditions['applications'] = { includeApplications: ['All'] };

function policy(
  id: string,
  conditions: Partial<Conditions>,
  control: 'block' | 'compliantDevice',
  state: ConditionalAccessPolicy['state'] = 'enabled',
): ConditionalAccessPolicy {
  return {
    id,
    version: 1,
    displayName: id,
    state,
    conditions: { applications: ALL, ...conditions },
    grantControls: { operator: 'OR', builtInControls: [control] },
  };
}

const BASE = policy('base', {}, 'compliantDevice');

/** With the base policy, which lets every compliant device in everywhere. */
const withPolicies = (...policies: readonly ConditionalAccessPolicy[]): Configuration => ({
  ...SAMPLE,
  conditionalAccessPolicies: [BASE, ...policies],
});

function decide(
  device: Device,
  configuration: Configuration,
  context: AccessContext = { resource: 'wifi', identifiedBy: 'deviceId' },
): ReturnType<typeof applyAccessPolicies> {
  return applyAccessPolicies(
    evaluateCompliance({ device }, configuration, NOW),
    context,
    configuration,
    NOW,
  );
}

const attacked = wellDevice(
  'android',
  signalOf({ type: 'telemetryReported', telemetry: { network: { security: 'open' } } }),
);

describe('a condition on threats', () => {
  const closing = policy(
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
  ] as const)('closes %s to a device under attack on its network: %s', (resource, decision) => {
    expect(
      decide(attacked, withPolicies(closing), { resource, identifiedBy: 'deviceId' }).decision,
    ).toBe(decision);
    expect(
      decide(wellDevice('android'), withPolicies(closing), { resource, identifiedBy: 'deviceId' })
        .decision,
    ).toBe('allow');
  });

  it('names the policy and the threat', () => {
    const { reasons } = decide(attacked, withPolicies(closing));
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
    'on %j at %s or worse meets a low network threat: %s',
    (defences, level, decision) => {
      const condition = policy('x', { deviceThreat: { defences, minimumLevel: level } }, 'block');
      expect(decide(attacked, withPolicies(condition)).decision).toBe(decision);
    },
  );

  it('is no leave by itself: what only applies to threats opens nothing', () => {
    const alone = policy(
      'alone',
      { deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
      'compliantDevice',
    );
    const configuration = { ...SAMPLE, conditionalAccessPolicies: [alone] };
    for (const device of [attacked, wellDevice('android')]) {
      expect(decide(device, configuration).reasons[0]?.code).toBe('noConditionalAccessPolicy');
    }
  });
});

describe('a condition on users', () => {
  const ada = deviceOf(
    signalOf(
      {
        type: 'enrolled',
        properties: {
          operatingSystem: 'Android',
          osVersion: '15',
          userPrincipalName: 'ada@contoso.example',
          userId: 'user-1',
          groupIds: ['finance'],
        },
      },
      BEFORE,
    ),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
  );
  const ADA = 'ada@contoso.example';
  const BOB = 'bob@contoso.example';

  it.each<[string, NonNullable<Conditions['users']>, string | undefined, 'allow' | 'block']>([
    ['all', { includeUsers: ['All'] }, undefined, 'block'],
    ['her by name', { includeUsers: [ADA] }, undefined, 'block'],
    ['her by name, in capitals', { includeUsers: ['ADA@CONTOSO.EXAMPLE'] }, ADA, 'block'],
    ['her by id', { includeUsers: ['user-1'] }, ADA, 'block'],
    ['another', { includeUsers: [BOB] }, ADA, 'allow'],
    ['none', { includeUsers: ['None'] }, ADA, 'allow'],
    ['her group', { includeGroups: ['finance'] }, ADA, 'block'],
    ['another group', { includeGroups: ['sales'] }, ADA, 'allow'],
    ['all but her', { includeUsers: ['All'], excludeUsers: [ADA] }, ADA, 'allow'],
    ['all but her group', { includeUsers: ['All'], excludeGroups: ['finance'] }, ADA, 'allow'],
    ['all but another group', { includeUsers: ['All'], excludeGroups: ['sales'] }, ADA, 'block'],
    // Somebody else on her phone: their groups are not known, so they are never excluded by one.
    ['another on her phone', { includeUsers: [BOB] }, BOB, 'block'],
    ['a group, another on her phone', { includeGroups: ['sales'] }, BOB, 'block'],
    [
      'all but her group, another on her phone',
      { includeUsers: ['All'], excludeGroups: ['finance'] },
      BOB,
      'block',
    ],
  ])('that includes %s', (_, users, userPrincipalName, decision) => {
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    };
    expect(decide(ada, withPolicies(policy('x', { users }, 'block')), context).decision).toBe(
      decision,
    );
  });

  it('is not escaped by a device whose user is not known', () => {
    const closing = policy('x', { users: { includeUsers: [BOB] } }, 'block');
    expect(decide(wellDevice('android'), withPolicies(closing)).decision).toBe('block');
  });
});

describe('what a policy asks that is not known', () => {
  const BOB = 'bob@contoso.example';
  const demanding = (users: NonNullable<Conditions['users']>): Configuration => ({
    ...SAMPLE,
    conditionalAccessPolicies: [policy('only', { users }, 'compliantDevice')],
  });

  it.each<[string, NonNullable<Conditions['users']>, string | undefined]>([
    ['whether the user is in the group', { includeGroups: ['finance'] }, undefined],
    ['who the user is', { includeUsers: [BOB] }, undefined],
    ['the object id of another than the enrolled user', { includeUsers: ['user-2'] }, BOB],
    [
      'whether the user is in the group left out',
      { includeUsers: ['All'], excludeGroups: ['sales'] },
      undefined,
    ],
  ])('lets nobody in: %s', (_, users, userPrincipalName) => {
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    };
    const { decision, reasons } = decide(wellDevice('android'), demanding(users), context);
    expect([decision, reasons[0]?.code, reasons[0]?.policyId]).toEqual([
      'block',
      'noConditionalAccessPolicy',
      'only',
    ]);
  });

  it('is told apart from what is known: a name that the policy names lets in', () => {
    const users = { includeUsers: [BOB] };
    const context: AccessContext = {
      resource: 'wifi',
      identifiedBy: 'deviceId',
      userPrincipalName: BOB,
    };
    expect(decide(wellDevice('android'), demanding(users), context).decision).toBe('allow');
  });
});

describe('a condition on platforms', () => {
  it.each([
    [{ includePlatforms: ['all'] }, 'block', 'block'],
    [{ includePlatforms: ['android'] }, 'block', 'allow'],
    [{ includePlatforms: ['iOS'] }, 'allow', 'block'],
    [{ includePlatforms: ['all'], excludePlatforms: ['iOS'] }, 'block', 'allow'],
  ] as const)('%j: Android %s, iOS %s', (platforms, android, iOS) => {
    const configuration = withPolicies(policy('x', { platforms }, 'block'));
    expect(decide(wellDevice('android'), configuration).decision).toBe(android);
    expect(decide(wellDevice('iOS'), configuration).decision).toBe(iOS);
  });
});

describe('a policy that asks for a proof of which device it is', () => {
  const asking = (minimum: Identification): Configuration => {
    const { grantControls, ...rest } = policy('proof', {}, 'compliantDevice');
    return {
      ...SAMPLE,
      conditionalAccessPolicies: [
        { ...rest, grantControls: { ...grantControls, minimumDeviceIdentification: minimum } },
      ],
    };
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
  ] as const)('at least by %s, known by %s: %s', (minimum, identifiedBy, decision) => {
    const context: AccessContext = { resource: 'wifi', identifiedBy };
    const answer = decide(wellDevice('android'), asking(minimum), context);
    expect([answer.decision, answer.reasons[0]?.code]).toEqual([
      decision,
      decision === 'allow' ? 'allowedByPolicy' : 'deviceIdentificationTooWeak',
    ]);
  });

  it('reports what it would say, where it only reports', () => {
    const [demanding] = asking('clientCertificate').conditionalAccessPolicies;
    if (demanding === undefined) throw new TypeError('no policy');
    const reporting = { ...demanding, state: 'enabledForReportingButNotEnforced' as const };
    const answer = decide(wellDevice('android'), withPolicies(reporting));
    expect([answer.decision, answer.reportOnlyPolicies[0]?.result]).toEqual([
      'allow',
      'reportOnlyFailure',
    ]);
  });
});

describe('a policy that only reports', () => {
  it.each([
    ['block', 'reportOnlyFailure'],
    ['compliantDevice', 'reportOnlySuccess'],
  ] as const)('would %s: tells %s and changes nothing', (control, result) => {
    const reporting = policy('trial', {}, control, 'enabledForReportingButNotEnforced');
    const answer = decide(wellDevice('android'), withPolicies(reporting));
    expect(answer.decision).toBe('allow');
    expect(answer.reportOnlyPolicies).toEqual([{ id: 'trial', displayName: 'trial', result }]);
  });

  it('tells where it does not apply', () => {
    const reporting = policy(
      'trial',
      { applications: { includeApplications: ['oneDrive'] } },
      'block',
      'enabledForReportingButNotEnforced',
    );
    expect(decide(wellDevice('android'), withPolicies(reporting)).reportOnlyPolicies).toEqual([
      { id: 'trial', displayName: 'trial', result: 'reportOnlyNotApplied' },
    ]);
  });

  it('is not in force, and so lets nobody in either', () => {
    const reporting = policy('trial', {}, 'compliantDevice', 'enabledForReportingButNotEnforced');
    const configuration = { ...SAMPLE, conditionalAccessPolicies: [reporting] };
    expect(decide(wellDevice('android'), configuration).decision).toBe('block');
  });
});

describe('the reason for a decision', () => {
  const risky = wellDevice('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));
  const proof: ConditionalAccessPolicy = {
    ...BASE,
    grantControls: { ...BASE.grantControls, minimumDeviceIdentification: 'clientCertificate' },
  };
  const lenient: Configuration = {
    ...SAMPLE,
    ...(SAMPLE.tenantSettings === undefined
      ? {}
      : { tenantSettings: { ...SAMPLE.tenantSettings, secureByDefault: false } }),
    conditionalAccessPolicies: [],
  };
  const only = (...policies: readonly ConditionalAccessPolicy[]): Configuration => ({
    ...SAMPLE,
    conditionalAccessPolicies: policies,
  });

  it.each<[string, Device, Configuration, object]>([
    [
      'a block of a policy',
      wellDevice('android'),
      withPolicies(policy('closed', {}, 'block')),
      {
        code: 'blockedByPolicy',
        message: 'policy `closed` blocks the resource',
        policyId: 'closed',
      },
    ],
    [
      'a proof that is too weak',
      wellDevice('android'),
      only(proof),
      {
        code: 'deviceIdentificationTooWeak',
        message:
          'policy `base` wants the device known by `clientCertificate` at least, it is by `deviceId`',
        policyId: 'base',
      },
    ],
    [
      'a device that is not compliant',
      risky,
      only(BASE),
      {
        code: 'compliantDeviceRequired',
        message: 'policy `base` requires a compliant device',
        policyId: 'base',
      },
    ],
    [
      'no policy',
      wellDevice('android'),
      only(),
      {
        code: 'noConditionalAccessPolicy',
        message: 'no conditional access policy covers the request',
      },
    ],
    [
      'a policy of which nobody knows whether it applies',
      wellDevice('android'),
      only(policy('finance', { users: { includeGroups: ['finance'] } }, 'compliantDevice')),
      {
        code: 'noConditionalAccessPolicy',
        message:
          'whether policy `finance` covers the request depends on a user, group or platform that is not known',
        policyId: 'finance',
      },
    ],
    [
      'leave',
      wellDevice('android'),
      only(BASE),
      { code: 'allowedByPolicy', message: 'every policy is satisfied' },
    ],
    [
      'leave without a policy',
      wellDevice('android'),
      lenient,
      { code: 'allowedByPolicy', message: 'no policy restricts the resource' },
    ],
    [
      'problems of the configuration',
      wellDevice('android'),
      { ...only(BASE), problems: ['policy/x: broken'] },
      {
        code: 'configurationInvalid',
        message: 'configuration cannot be read: policy/x: broken',
      },
    ],
  ])('tells %s', (_, device, configuration, reason) => {
    expect(decide(device, configuration).reasons[0]).toEqual(reason);
  });

  it('holds what makes a device not compliant, and is told first', () => {
    expect(decide(risky, only(BASE)).reasons.map(({ code }) => code)).toEqual([
      'compliantDeviceRequired',
      'threatLevelAboveCeiling',
      'riskLevelReported',
    ]);
  });

  it.each<[string, Configuration]>([
    ['became unreadable', { ...only(BASE), problems: ['policy/x: broken'] }],
    ['was lost', { ...only(BASE), tenantSettings: undefined } as unknown as Configuration],
  ])('is a configuration that %s since the device was evaluated', (_, configuration) => {
    const evaluation = evaluateCompliance({ device: wellDevice('android') }, SAMPLE, NOW);
    const context: AccessContext = { resource: 'wifi', identifiedBy: 'deviceId' };
    const { decision, reasons } = applyAccessPolicies(evaluation, context, configuration, NOW);
    expect([decision, reasons]).toEqual([
      'block',
      [{ code: 'configurationInvalid', message: 'the configuration is missing or cannot be read' }],
    ]);
  });
});

describe('a decision', () => {
  const CONTEXT: AccessContext = { resource: 'wifi', identifiedBy: 'deviceId' };
  const risky = wellDevice('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));
  const graced: Configuration = {
    ...SAMPLE,
    compliancePolicies: SAMPLE.compliancePolicies.map((each) => ({
      ...each,
      scheduledActionsForRule: [
        { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 1 }] },
      ],
    })),
    conditionalAccessPolicies: [BASE],
  };

  it('names the policies that were applied, and how the device was evaluated', () => {
    const elsewhere = { applications: { includeApplications: ['oneDrive'] } };
    const configuration = withPolicies(
      { ...policy('second', {}, 'compliantDevice'), version: 7 },
      policy('elsewhere', elsewhere, 'block'),
      policy('off', {}, 'block', 'disabled'),
      policy('trial', {}, 'compliantDevice', 'enabledForReportingButNotEnforced'),
    );
    expect(decide(wellDevice('android'), configuration)).toEqual({
      decision: 'allow',
      reasons: [{ code: 'allowedByPolicy', message: 'every policy is satisfied' }],
      policyVersion: 'base@1,second@7,android-baseline@1',
      reportOnlyPolicies: [{ id: 'trial', displayName: 'trial', result: 'reportOnlySuccess' }],
      expiresDateTime: addSeconds(NOW, MAX_DECISION_AGE_IN_SECONDS),
    });
  });

  it('lets a device in its grace period in, and reports that it would', () => {
    const reporting = policy('trial', {}, 'compliantDevice', 'enabledForReportingButNotEnforced');
    const configuration = { ...graced, conditionalAccessPolicies: [BASE, reporting] };
    const { decision, reportOnlyPolicies } = decide(risky, configuration);
    expect([decision, reportOnlyPolicies[0]?.result]).toEqual(['allow', 'reportOnlySuccess']);
  });

  it('reports that a policy would keep a device out that is not compliant', () => {
    const reporting = policy('trial', {}, 'compliantDevice', 'enabledForReportingButNotEnforced');
    expect(decide(risky, withPolicies(reporting)).reportOnlyPolicies).toEqual([
      { id: 'trial', displayName: 'trial', result: 'reportOnlyFailure' },
    ]);
  });

  it('tells of the threats those that the policy is about', () => {
    const device = wellDevice(
      'android',
      signalOf({
        type: 'telemetryReported',
        telemetry: { network: { security: 'open' }, physical: { developerMode: true } },
      }),
    );
    const about = policy(
      'networks',
      { deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
      'block',
    );
    const plain = policy('closed', {}, 'block');
    const told = ({ reasons }: ReturnType<typeof decide>): unknown =>
      reasons.map(({ code, category }) => [code, category]);
    expect(told(decide(device, withPolicies(about)))).toEqual([
      ['deviceThreatPresent', undefined],
      ['threatDetected', 'network'],
    ]);
    expect(told(decide(device, withPolicies(plain)))).toEqual([['blockedByPolicy', undefined]]);
  });

  it('names of the policies that may apply the one that would give leave', () => {
    const users = { includeGroups: ['finance'] };
    const configuration: Configuration = {
      ...SAMPLE,
      conditionalAccessPolicies: [
        policy(
          'threats',
          { users, deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
          'compliantDevice',
        ),
        policy('finance', { users }, 'compliantDevice'),
      ],
    };
    expect(decide(attacked, configuration).reasons[0]?.policyId).toBe('finance');
  });

  it('lets any device in where no policy restricts the resource, and that is allowed', () => {
    const { tenantSettings } = SAMPLE;
    if (tenantSettings === undefined) throw new TypeError('no sample');
    const configuration: Configuration = {
      ...SAMPLE,
      tenantSettings: { ...tenantSettings, secureByDefault: false },
      conditionalAccessPolicies: [],
    };
    expect(decide(risky, configuration).decision).toBe('allow');
  });

  it('gives leave where one policy does, whatever another may ask', () => {
    const perhaps = policy('finance', { users: { includeGroups: ['finance'] } }, 'compliantDevice');
    expect(decide(wellDevice('android'), withPolicies(perhaps)).decision).toBe('allow');
  });

  it('is a block for a record that cannot be read, with what is wrong with it', () => {
    const { decision, reasons } = applyAccessPolicies(
      evaluateUnreadable('no id'),
      CONTEXT,
      SAMPLE,
      NOW,
    );
    expect([decision, reasons]).toEqual([
      'block',
      [{ code: 'deviceRecordInvalid', message: 'no id' }],
    ]);
  });
});

describe('an answer', () => {
  const evaluation = evaluateCompliance({ device: wellDevice('android') }, SAMPLE, NOW);
  const { validUntilDateTime: _, ...endless } = evaluation;

  it.each<[string, Parameters<typeof answerExpiry>, string]>([
    ['that lets in holds for 30 seconds', [true, endless, NOW], addSeconds(NOW, 30)],
    [
      'that lets in holds no longer than the evaluation',
      [true, { ...evaluation, validUntilDateTime: addSeconds(NOW, 7) }, NOW],
      addSeconds(NOW, 7),
    ],
    ['that keeps out holds for the moment', [false, evaluation, NOW], NOW],
    [
      'of a clock without a time holds for none',
      [true, evaluation, 'Invalid Date'],
      'Invalid Date',
    ],
  ])('%s', (_, [isAllowance, held, now], expires) => {
    expect(answerExpiry(isAllowance, held, now)).toBe(expires);
  });
});
