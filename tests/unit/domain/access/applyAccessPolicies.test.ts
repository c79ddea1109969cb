import { describe, expect, it } from 'vitest';
import type {
  ConditionalAccessPolicy,
  Configuration,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import {
  answerExpiry,
  MAX_DECISION_AGE_IN_SECONDS,
} from '../../../../shared/domain/access/answerExpiry.ts';
import { applyAccessPolicies } from '../../../../shared/domain/access/applyAccessPolicies.ts';
import type { AccessContext } from '../../../../shared/domain/access/accessContext.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import {
  evaluateCompliance,
  evaluateUnreadable,
} from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import {
  accessPolicy,
  BASE_POLICY,
  decide,
  withOnly,
  withPolicies,
} from '../../../support/accessPolicies.ts';
import { blockAfter, given, healthyDeviceOn, SAMPLE } from '../../../support/given.ts';
import { healthyDevice, NOW, signalOf } from '../../../support/signals.ts';

describe('applyAccessPolicies', () => {
  const CONTEXT: AccessContext = { resource: 'oneDrive', identifiedBy: 'deviceId' };
  const windowInSeconds = SAMPLE.tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;
  const [policy] = SAMPLE.conditionalAccessPolicies;
  const withPolicy = (changes: Partial<ConditionalAccessPolicy>): Configuration =>
    policy === undefined ? withOnly() : withOnly({ ...policy, ...changes });

  it('allows a compliant device for 30 seconds, or less if its evaluation expires earlier', () => {
    expect(decide(healthyDevice(), SAMPLE, CONTEXT)).toMatchObject({
      decision: 'allow',
      expiresDateTime: addSeconds(NOW, 30),
      policyVersion: 'require-compliant-device@1,android-baseline@1',
    });
    const nearDeadline = addSeconds(NOW, windowInSeconds - 5);
    const soon = evaluateCompliance({ device: healthyDevice() }, SAMPLE, nearDeadline);
    expect(applyAccessPolicies(soon, CONTEXT, SAMPLE, nearDeadline).expiresDateTime).toBe(
      addSeconds(nearDeadline, 5),
    );
  });

  it('returns a block that expires at once', () => {
    expect(decide(createDevice('x'), SAMPLE, CONTEXT)).toMatchObject({
      decision: 'block',
      expiresDateTime: NOW,
    });
  });

  const cases: readonly [string, Configuration, string, string][] = [
    ['a resource without a policy', withOnly(), 'block', 'noConditionalAccessPolicy'],
    ['a disabled policy', withPolicy({ state: 'disabled' }), 'block', 'noConditionalAccessPolicy'],
    [
      'a report-only policy',
      withPolicy({ state: 'enabledForReportingButNotEnforced' }),
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a blocking policy',
      withPolicy({ grantControls: { operator: 'OR', builtInControls: ['block'] } }),
      'block',
      'blockedByPolicy',
    ],
    [
      'a policy for other resources',
      withPolicy({ conditions: { applications: { includeApplications: ['wifi'] } } }),
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a policy that excludes the resource',
      withPolicy({
        conditions: {
          applications: { includeApplications: ['All'], excludeApplications: ['oneDrive'] },
        },
      }),
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a broken configuration',
      { ...SAMPLE, problems: ['broken'] },
      'block',
      'configurationInvalid',
    ],
  ];
  for (const [title, configuration, decision, code] of cases) {
    it(`returns ${decision} for ${title}: ${code}`, () => {
      const answer = decide(healthyDevice(), configuration, CONTEXT);
      expect([answer.decision, answer.reasons[0]?.code]).toEqual([decision, code]);
    });
  }
});

const onOpenNetwork = healthyDeviceOn(
  'android',
  signalOf({ type: 'telemetryReported', telemetry: { network: { security: 'open' } } }),
);

describe('a report-only policy', () => {
  it.each([
    ['block', 'reportOnlyFailure'],
    ['compliantDevice', 'reportOnlySuccess'],
  ] as const)('with the control %s reports %s and changes no decision', (control, result) => {
    const reporting = accessPolicy('trial', {}, control, 'enabledForReportingButNotEnforced');
    const answer = decide(healthyDeviceOn('android'), withPolicies(reporting));
    expect(answer.decision).toBe('allow');
    expect(answer.reportOnlyPolicies).toEqual([{ id: 'trial', displayName: 'trial', result }]);
  });

  it('reports that it does not apply', () => {
    const reporting = accessPolicy(
      'trial',
      { applications: { includeApplications: ['oneDrive'] } },
      'block',
      'enabledForReportingButNotEnforced',
    );
    expect(decide(healthyDeviceOn('android'), withPolicies(reporting)).reportOnlyPolicies).toEqual([
      { id: 'trial', displayName: 'trial', result: 'reportOnlyNotApplied' },
    ]);
  });

  it('allows no device, because it is not enforced', () => {
    const reporting = accessPolicy(
      'trial',
      {},
      'compliantDevice',
      'enabledForReportingButNotEnforced',
    );
    expect(decide(healthyDeviceOn('android'), withOnly(reporting)).decision).toBe('block');
  });
});

describe('the first reason of a decision', () => {
  const risky = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));
  const proof: ConditionalAccessPolicy = {
    ...BASE_POLICY,
    grantControls: {
      ...BASE_POLICY.grantControls,
      minimumDeviceIdentification: 'clientCertificate',
    },
  };
  const lenient: Configuration = {
    ...given({ settings: { secureByDefault: false } }),
    conditionalAccessPolicies: [],
  };

  it.each<[string, Device, Configuration, object]>([
    [
      'names the policy that blocks',
      healthyDeviceOn('android'),
      withPolicies(accessPolicy('closed', {}, 'block')),
      {
        code: 'blockedByPolicy',
        message: 'policy `closed` blocks the resource',
        policyId: 'closed',
      },
    ],
    [
      'names the policy that requires a stronger identification',
      healthyDeviceOn('android'),
      withOnly(proof),
      {
        code: 'deviceIdentificationTooWeak',
        message:
          'policy `base` requires the device to be identified by `clientCertificate` or stronger; the caller used `deviceId`',
        policyId: 'base',
      },
    ],
    [
      'names the policy that requires a compliant device',
      risky,
      withOnly(BASE_POLICY),
      {
        code: 'compliantDeviceRequired',
        message: 'policy `base` requires a compliant device',
        policyId: 'base',
      },
    ],
    [
      'reports that no policy covers the request',
      healthyDeviceOn('android'),
      withOnly(),
      {
        code: 'noConditionalAccessPolicy',
        message: 'no conditional access policy covers the request',
      },
    ],
    [
      'names a policy that may apply',
      healthyDeviceOn('android'),
      withOnly(
        accessPolicy('finance', { users: { includeGroups: ['finance'] } }, 'compliantDevice'),
      ),
      {
        code: 'noConditionalAccessPolicy',
        message:
          'policy `finance` may cover the request, but the user, group or platform that it depends on is not known',
        policyId: 'finance',
      },
    ],
    [
      'reports that every policy is satisfied',
      healthyDeviceOn('android'),
      withOnly(BASE_POLICY),
      { code: 'allowedByPolicy', message: 'every policy is satisfied' },
    ],
    [
      'reports that no policy restricts the resource',
      healthyDeviceOn('android'),
      lenient,
      { code: 'allowedByPolicy', message: 'no policy restricts the resource' },
    ],
    [
      'names the problems of the configuration',
      healthyDeviceOn('android'),
      { ...withOnly(BASE_POLICY), problems: ['policy/x: broken'] },
      {
        code: 'configurationInvalid',
        message: 'configuration cannot be read: policy/x: broken',
      },
    ],
  ])('%s', (_, device, configuration, reason) => {
    expect(decide(device, configuration).reasons[0]).toEqual(reason);
  });

  it('is followed by the reasons for noncompliance', () => {
    expect(decide(risky, withOnly(BASE_POLICY)).reasons.map(({ code }) => code)).toEqual([
      'compliantDeviceRequired',
      'threatLevelAboveCeiling',
      'riskLevelReported',
    ]);
  });

  it.each<[string, Configuration]>([
    ['became unreadable', { ...withOnly(BASE_POLICY), problems: ['policy/x: broken'] }],
    [
      'was lost',
      { ...withOnly(BASE_POLICY), tenantSettings: undefined } as unknown as Configuration,
    ],
  ])('reports a configuration that %s after the evaluation', (_, configuration) => {
    const evaluation = evaluateCompliance({ device: healthyDeviceOn('android') }, SAMPLE, NOW);
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
  const risky = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'high' }));

  it('names the applied conditional access and compliance policies with their versions', () => {
    const elsewhere = { applications: { includeApplications: ['oneDrive'] } };
    const configuration = withPolicies(
      { ...accessPolicy('second', {}, 'compliantDevice'), version: 7 },
      accessPolicy('elsewhere', elsewhere, 'block'),
      accessPolicy('off', {}, 'block', 'disabled'),
      accessPolicy('trial', {}, 'compliantDevice', 'enabledForReportingButNotEnforced'),
    );
    expect(decide(healthyDeviceOn('android'), configuration)).toEqual({
      decision: 'allow',
      reasons: [{ code: 'allowedByPolicy', message: 'every policy is satisfied' }],
      policyVersion: 'base@1,second@7,android-baseline@1',
      reportOnlyPolicies: [{ id: 'trial', displayName: 'trial', result: 'reportOnlySuccess' }],
      expiresDateTime: addSeconds(NOW, MAX_DECISION_AGE_IN_SECONDS),
    });
  });

  it('allows a device in its grace period, and so does a report-only policy', () => {
    const reporting = accessPolicy(
      'trial',
      {},
      'compliantDevice',
      'enabledForReportingButNotEnforced',
    );
    const configuration = {
      ...given({ policy: blockAfter(1) }),
      conditionalAccessPolicies: [BASE_POLICY, reporting],
    };
    const { decision, reportOnlyPolicies } = decide(risky, configuration);
    expect([decision, reportOnlyPolicies[0]?.result]).toEqual(['allow', 'reportOnlySuccess']);
  });

  it('reports the failure of a noncompliant device under a report-only policy', () => {
    const reporting = accessPolicy(
      'trial',
      {},
      'compliantDevice',
      'enabledForReportingButNotEnforced',
    );
    expect(decide(risky, withPolicies(reporting)).reportOnlyPolicies).toEqual([
      { id: 'trial', displayName: 'trial', result: 'reportOnlyFailure' },
    ]);
  });

  it('lists only the threats that match the condition of the blocking policy', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({
        type: 'telemetryReported',
        telemetry: { network: { security: 'open' }, physical: { developerMode: true } },
      }),
    );
    const about = accessPolicy(
      'networks',
      { deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
      'block',
    );
    const plain = accessPolicy('closed', {}, 'block');
    const codesOf = ({ reasons }: ReturnType<typeof decide>): unknown =>
      reasons.map(({ code, category }) => [code, category]);
    expect(codesOf(decide(device, withPolicies(about)))).toEqual([
      ['deviceThreatPresent', undefined],
      ['threatDetected', 'network'],
    ]);
    expect(codesOf(decide(device, withPolicies(plain)))).toEqual([['blockedByPolicy', undefined]]);
  });

  it('names the policy that would allow the device among those that may apply', () => {
    const users = { includeGroups: ['finance'] };
    const configuration: Configuration = {
      ...SAMPLE,
      conditionalAccessPolicies: [
        accessPolicy(
          'threats',
          { users, deviceThreat: { defences: ['network'], minimumLevel: 'low' } },
          'compliantDevice',
        ),
        accessPolicy('finance', { users }, 'compliantDevice'),
      ],
    };
    expect(decide(onOpenNetwork, configuration).reasons[0]?.policyId).toBe('finance');
  });

  it('allows any device to a resource without a policy if `secureByDefault` is off', () => {
    const configuration: Configuration = {
      ...given({ settings: { secureByDefault: false } }),
      conditionalAccessPolicies: [],
    };
    expect(decide(risky, configuration).decision).toBe('allow');
  });

  it('allows a device that one policy allows, even if another may apply', () => {
    const perhaps = accessPolicy(
      'finance',
      { users: { includeGroups: ['finance'] } },
      'compliantDevice',
    );
    expect(decide(healthyDeviceOn('android'), withPolicies(perhaps)).decision).toBe('allow');
  });

  it('blocks a device with an unreadable record and gives the cause', () => {
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

describe('answerExpiry', () => {
  const evaluation = evaluateCompliance({ device: healthyDeviceOn('android') }, SAMPLE, NOW);
  const { validUntilDateTime: _, ...endless } = evaluation;

  it.each<[string, Parameters<typeof answerExpiry>, string]>([
    ['returns 30 seconds from now for an allowance', [true, endless, NOW], addSeconds(NOW, 30)],
    [
      'returns the expiry of the evaluation for an allowance if that is earlier',
      [true, { ...evaluation, validUntilDateTime: addSeconds(NOW, 7) }, NOW],
      addSeconds(NOW, 7),
    ],
    ['returns now for a block', [false, evaluation, NOW], NOW],
    [
      'returns the invalid time of an invalid clock',
      [true, evaluation, 'Invalid Date'],
      'Invalid Date',
    ],
  ])('%s', (_, [isAllowance, held, now], expires) => {
    expect(answerExpiry(isAllowance, held, now)).toBe(expires);
  });
});
