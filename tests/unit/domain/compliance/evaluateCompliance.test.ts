import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Configuration,
  ConditionalAccessPolicy,
} from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { applyAccessPolicies } from '../../../../shared/domain/access/applyAccessPolicies.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { THREAT_CEILINGS } from '../../../../shared/domain/vocabulary/threat.ts';
import { history } from '../../../support/arbitraries.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';
import {
  deviceOf,
  ENROLLED,
  healthyDevice,
  INCIDENT,
  NOW,
  signalOf,
} from '../../../support/signals.ts';

const sample = sampleConfiguration();
const HEARTBEAT_WINDOW_IN_SECONDS = sample.tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;

function evaluate(
  device: Device,
  configuration: Configuration = sample,
  now = NOW,
): [string, ...string[]] {
  const { complianceState, reasons } = evaluateCompliance({ device }, configuration, now);
  return [complianceState, ...reasons.map(({ code }) => code)];
}

function withConnector(changes: Partial<NonNullable<Configuration['connector']>>): Configuration {
  const { connector } = sample;
  return connector === undefined ? sample : { ...sample, connector: { ...connector, ...changes } };
}

function withCeiling(ceiling: (typeof THREAT_CEILINGS)[number]): Configuration {
  return {
    ...sample,
    compliancePolicies: sample.compliancePolicies.map((policy) =>
      Object.assign({}, policy, { deviceThreatProtectionRequiredSecurityLevel: ceiling }),
    ),
  };
}

const incident = (severity: 'low' | 'medium' | 'high'): DeviceSignal =>
  signalOf({ type: 'incidentReported', status: 'open', incident: { ...INCIDENT, severity } });

describe('evaluating compliance', () => {
  it('finds an enrolled, activated and assessed device compliant', () => {
    expect(evaluate(healthyDevice())).toEqual(['compliant', 'compliant']);
  });

  // Contract A: secured, low, medium and high are compliant if and only if the level is at or under the ceiling.
  const risks = ['minimal', 'low', 'medium', 'high'] as const;
  for (const [level, riskLevel] of risks.entries()) {
    for (const [limit, ceiling] of THREAT_CEILINGS.slice(0, 4).entries()) {
      const expected = level <= limit ? 'compliant' : 'noncompliant';
      it(`finds risk ${riskLevel} under the ceiling ${ceiling} ${expected}`, () => {
        const device = mergeSignals(healthyDevice('2026-01-01T12:00:00.000Z'), [
          signalOf({ type: 'riskReported', riskLevel }),
        ]);
        expect(evaluate(device, withCeiling(ceiling))[0]).toBe(expected);
      });
    }
  }

  const deactivated = mergeSignals(healthyDevice('2026-01-01T12:00:00.000Z'), [
    signalOf({ type: 'deactivated' }),
  ]);
  const reactivated = mergeSignals(deactivated, [
    signalOf({ type: 'activated' }, '2026-01-01T12:10:00.001Z'),
  ]);
  const compromised = deviceOf(
    signalOf(ENROLLED),
    signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
  );
  const cases: readonly [string, Device, Configuration, string, string][] = [
    [
      'a device that nobody enrolled',
      createDevice('phone-1'),
      sample,
      'unknown',
      'deviceNotEnrolled',
    ],
    [
      'an enrolled device without data',
      deviceOf(signalOf(ENROLLED)),
      sample,
      'noncompliant',
      'noPartnerData',
    ],
    [
      'an enrolled device without data where that is not blocked',
      deviceOf(signalOf(ENROLLED)),
      withConnector({ androidDeviceBlockedOnMissingPartnerData: false }),
      'compliant',
      'compliant',
    ],
    [
      'an enrolled device without data at ceiling high',
      deviceOf(signalOf(ENROLLED)),
      withCeiling('high'),
      'noncompliant',
      'noPartnerData',
    ],
    [
      'a device whose first assessment runs',
      deviceOf(signalOf(ENROLLED), signalOf({ type: 'activated' })),
      sample,
      'noncompliant',
      'assessmentPending',
    ],
    ['a device whose app was deactivated', deactivated, sample, 'noncompliant', 'appDeactivated'],
    [
      'a device that was activated again and not assessed since',
      reactivated,
      sample,
      'noncompliant',
      'assessmentPending',
    ],
    [
      'a compromised device at the highest ceiling',
      compromised,
      withCeiling('high'),
      'noncompliant',
      'deviceCompromised',
    ],
    [
      'a device with a ceiling that is not set',
      mergeSignals(healthyDevice(), [incident('high')]),
      withCeiling('notSet'),
      'compliant',
      'compliant',
    ],
    [
      'a device of a platform that is switched off',
      healthyDevice(),
      withConnector({ androidEnabled: false }),
      'noncompliant',
      'connectorDisabledForPlatform',
    ],
    [
      'a device without a policy',
      healthyDevice(),
      { ...sample, compliancePolicies: [] },
      'noncompliant',
      'noCompliancePolicyAssigned',
    ],
    [
      'a device whose policy excludes its group',
      mergeSignals(healthyDevice('2026-01-01T12:00:00.000Z'), [
        signalOf({
          type: 'enrolled',
          properties: { operatingSystem: 'Android', osVersion: '15', groupIds: ['g'] },
        }),
      ]),
      {
        ...sample,
        compliancePolicies: sample.compliancePolicies.map((policy) =>
          Object.assign({}, policy, {
            assignments: [
              ...policy.assignments,
              {
                target: {
                  '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget',
                  groupId: 'g',
                },
              },
            ],
          }),
        ),
      },
      'noncompliant',
      'noCompliancePolicyAssigned',
    ],
    [
      'a device under a configuration that cannot be read',
      healthyDevice(),
      { ...sample, problems: ['x/y: broken'] },
      'error',
      'configurationInvalid',
    ],
    [
      'a device without any configuration',
      healthyDevice(),
      {
        compliancePolicies: [],
        conditionalAccessPolicies: [],
        threatOverrides: [],
        silenceBreaker: { state: 'closed' },
        problems: [],
      },
      'error',
      'configurationMissing',
    ],
  ];
  for (const [title, device, configuration, state, code] of cases) {
    it(`finds ${title} ${state}: ${code}`, () => {
      expect(evaluate(device, configuration).slice(0, 2)).toEqual([state, code]);
    });
  }

  it('never takes a clock that gives no time for a reason to let anybody in', () => {
    expect(evaluate(healthyDevice(), sample, 'Invalid Date')).toEqual(['error', 'clockInvalid']);
  });

  it('counts a known threat although the app was deactivated and missing data is not blocked', () => {
    const lenient = withConnector({ androidDeviceBlockedOnMissingPartnerData: false });
    const device = mergeSignals(healthyDevice(), [
      incident('high'),
      signalOf({ type: 'deactivated' }),
    ]);
    expect(evaluate(device, lenient)[0]).toBe('noncompliant');
  });
});

describe('the two clocks', () => {
  const lastSeen = '2026-01-01T00:00:00.000Z';
  const device = healthyDevice(lastSeen);
  const deadline = addSeconds(lastSeen, HEARTBEAT_WINDOW_IN_SECONDS);
  const heardAt = (lastHeartbeatDateTime: string): Configuration =>
    withConnector({ lastHeartbeatDateTime });

  it('lets a device be silent up to the second of its deadline, and not longer', () => {
    const configuration = heardAt(addSeconds(deadline, 60));
    expect(evaluate(device, configuration, deadline)[0]).toBe('compliant');
    expect(evaluate(device, configuration, addSeconds(deadline, 0.001))).toContain('deviceSilent');
  });

  it('stops the clock of the devices where the partner was last heard', () => {
    const configuration = heardAt(addSeconds(deadline, -1));
    expect(evaluate(device, configuration, addSeconds(deadline, 3600))[0]).toBe('compliant');
  });

  it('hands over to the missing-data setting when the partner is silent beyond its threshold', () => {
    const configuration = heardAt(addSeconds(deadline, -1));
    const threshold = configuration.connector?.partnerUnresponsivenessThresholdInDays ?? 0;
    const later = addSeconds(deadline, threshold * 24 * 60 * 60);
    expect(evaluate(device, configuration, later)).toContain('partnerUnresponsive');
  });

  it('stops the clock of the devices where the breaker holds it', () => {
    const held: Configuration = {
      ...heardAt(addSeconds(deadline, 60)),
      silenceBreaker: {
        state: 'open',
        heldDateTime: deadline,
        openedDateTime: addSeconds(deadline, 30),
      },
    };
    expect(evaluate(device, held, addSeconds(deadline, 60))[0]).toBe('compliant');
  });
});

describe('a worse fact never gives a better answer', () => {
  const ORDER = ['compliant', 'inGracePeriod', 'noncompliant', 'error'];
  const enrolled = signalOf(ENROLLED, '2026-01-01T12:09:00.000Z');
  const configurations = fc.record({
    blocked: fc.boolean(),
    ceiling: fc.constantFrom(...THREAT_CEILINGS),
  });
  const worse: readonly [string, DeviceSignal][] = [
    [
      'another open incident',
      signalOf({
        type: 'incidentReported',
        status: 'open',
        incident: { ...INCIDENT, incidentId: 'new' },
      }),
    ],
    ['a verdict of high risk', signalOf({ type: 'riskReported', riskLevel: 'high' })],
    [
      'a verdict of a compromised device',
      signalOf({ type: 'riskReported', riskLevel: 'high', healthState: 'compromised' }),
    ],
  ];
  for (const [title, signal] of worse) {
    it(`holds for ${title}`, () => {
      fc.assert(
        fc.property(history, configurations, (signals, { blocked, ceiling }) => {
          const { connector } = sample;
          if (connector === undefined) return;
          const configuration = {
            ...withCeiling(ceiling),
            connector: { ...connector, androidDeviceBlockedOnMissingPartnerData: blocked },
          };
          // The initial assessment pending is worse than any verdict that ends it, so it starts assessed.
          const assessed = signalOf(
            { type: 'riskReported', riskLevel: 'minimal' },
            '2026-01-01T11:59:00.000Z',
          );
          const before = mergeSignals(createDevice('phone-1'), [...signals, assessed, enrolled]);
          if (before.activated !== undefined || before.deactivated !== undefined) return;
          if (before.verdict?.value.healthState !== undefined) return;
          const after = mergeSignals(before, [signal]);
          const rank = (device: Device): number =>
            ORDER.indexOf(evaluateCompliance({ device }, configuration, NOW).complianceState);
          expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
          const decide = (device: Device): string =>
            applyAccessPolicies(
              evaluateCompliance({ device }, configuration, NOW),
              { resource: 'wifi', identifiedBy: 'deviceId' },
              configuration,
              NOW,
            ).decision;
          if (decide(before) === 'block') expect(decide(after)).toBe('block');
        }),
        { numRuns: 1000 },
      );
    });
  }

  it('holds for the deactivation of an app with a known threat', () => {
    fc.assert(
      fc.property(history, (signals) => {
        const before = mergeSignals(createDevice('phone-1'), [...signals, enrolled]);
        const after = mergeSignals(before, [signalOf({ type: 'deactivated' })]);
        const configuration = withConnector({ androidDeviceBlockedOnMissingPartnerData: true });
        if (evaluate(before, configuration)[0] !== 'compliant') {
          expect(evaluate(after, configuration)[0]).not.toBe('compliant');
        }
      }),
    );
  });
});

describe('deciding access', () => {
  const evaluation = evaluateCompliance({ device: healthyDevice() }, sample, NOW);
  const [policy] = sample.conditionalAccessPolicies;
  const withPolicy = (changes: Partial<ConditionalAccessPolicy>): Configuration => ({
    ...sample,
    conditionalAccessPolicies: policy === undefined ? [] : [{ ...policy, ...changes }],
  });
  const decide = (configuration: Configuration): [string, string | undefined] => {
    const { decision, reasons } = applyAccessPolicies(
      evaluation,
      { resource: 'oneDrive', identifiedBy: 'deviceId' },
      configuration,
      NOW,
    );
    return [decision, reasons[0]?.code];
  };

  it('allows a compliant device for 30 seconds, and not beyond the next moment that could change it', () => {
    expect(
      applyAccessPolicies(
        evaluation,
        { resource: 'oneDrive', identifiedBy: 'deviceId' },
        sample,
        NOW,
      ),
    ).toMatchObject({
      decision: 'allow',
      expiresDateTime: addSeconds(NOW, 30),
      policyVersion: 'require-compliant-device@1,android-baseline@1',
    });
    const nearDeadline = addSeconds(NOW, HEARTBEAT_WINDOW_IN_SECONDS - 5);
    const soon = evaluateCompliance({ device: healthyDevice() }, sample, nearDeadline);
    expect(
      applyAccessPolicies(
        soon,
        { resource: 'oneDrive', identifiedBy: 'deviceId' },
        sample,
        nearDeadline,
      ).expiresDateTime,
    ).toBe(addSeconds(nearDeadline, 5));
  });

  it('never lets a block be kept', () => {
    const blocked = evaluateCompliance({ device: createDevice('x') }, sample, NOW);
    expect(
      applyAccessPolicies(blocked, { resource: 'oneDrive', identifiedBy: 'deviceId' }, sample, NOW),
    ).toMatchObject({
      decision: 'block',
      expiresDateTime: NOW,
    });
  });

  const cases: readonly [string, Configuration, string, string][] = [
    [
      'a resource that no policy covers',
      { ...sample, conditionalAccessPolicies: [] },
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a policy that is switched off',
      withPolicy({ state: 'disabled' }),
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a policy that only reports',
      withPolicy({ state: 'enabledForReportingButNotEnforced' }),
      'block',
      'noConditionalAccessPolicy',
    ],
    [
      'a policy that blocks',
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
    ['broken configuration', { ...sample, problems: ['broken'] }, 'block', 'configurationInvalid'],
  ];
  for (const [title, configuration, decision, code] of cases) {
    it(`answers ${decision} for ${title}: ${code}`, () => {
      expect(decide(configuration)).toEqual([decision, code]);
    });
  }
});
