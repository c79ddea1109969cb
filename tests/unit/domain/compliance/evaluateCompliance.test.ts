import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import {
  THREAT_CEILINGS,
  type ThreatCeiling,
} from '../../../../shared/domain/vocabulary/threat.ts';
import { BEFORE, enrolled, given, SAMPLE, stateAndCodes } from '../../../support/given.ts';
import {
  deviceOf,
  ENROLLED,
  healthyDevice,
  INCIDENT,
  NOW,
  signalOf,
} from '../../../support/signals.ts';

const HEARTBEAT_WINDOW_IN_SECONDS = SAMPLE.tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;

const evaluate = (
  device: Device,
  configuration: Configuration = SAMPLE,
  now = NOW,
): readonly [string, ...string[]] => stateAndCodes({ device }, configuration, now);

const withCeiling = (ceiling: ThreatCeiling): Configuration =>
  given({ policy: { deviceThreatProtectionRequiredSecurityLevel: ceiling } });

const incident = (severity: 'low' | 'medium' | 'high'): DeviceSignal =>
  signalOf({ type: 'incidentReported', status: 'open', incident: { ...INCIDENT, severity } });

describe('evaluateCompliance', () => {
  it('evaluates an enrolled, activated and assessed device as compliant', () => {
    expect(evaluate(healthyDevice())).toEqual(['compliant', 'compliant']);
  });

  // Microsoft Intune: a device at or under the policy's threat level is compliant, one above it is not.
  const risks = ['minimal', 'low', 'medium', 'high'] as const;
  for (const [level, riskLevel] of risks.entries()) {
    for (const [limit, ceiling] of THREAT_CEILINGS.slice(0, 4).entries()) {
      const expected = level <= limit ? 'compliant' : 'noncompliant';
      it(`evaluates risk ${riskLevel} under the ceiling ${ceiling} as ${expected}`, () => {
        const device = mergeSignals(healthyDevice(BEFORE), [
          signalOf({ type: 'riskReported', riskLevel }),
        ]);
        expect(evaluate(device, withCeiling(ceiling))[0]).toBe(expected);
      });
    }
  }

  const deactivated = mergeSignals(healthyDevice(BEFORE), [signalOf({ type: 'deactivated' })]);
  const reactivated = mergeSignals(deactivated, [
    signalOf({ type: 'activated' }, '2026-01-01T12:10:00.001Z'),
  ]);
  const compromised = deviceOf(
    signalOf(ENROLLED),
    signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
  );
  const cases: readonly [string, Device, Configuration, string, string][] = [
    ['an unenrolled device', createDevice('phone-1'), SAMPLE, 'unknown', 'deviceNotEnrolled'],
    [
      'an enrolled device without data',
      deviceOf(signalOf(ENROLLED)),
      SAMPLE,
      'noncompliant',
      'noPartnerData',
    ],
    [
      'an enrolled device without data if missing data is allowed',
      deviceOf(signalOf(ENROLLED)),
      given({ connector: { androidDeviceBlockedOnMissingPartnerData: false } }),
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
      'a device with a pending first assessment',
      deviceOf(signalOf(ENROLLED), signalOf({ type: 'activated' })),
      SAMPLE,
      'noncompliant',
      'assessmentPending',
    ],
    ['a device with a deactivated app', deactivated, SAMPLE, 'noncompliant', 'appDeactivated'],
    [
      'a reactivated device that is not assessed yet',
      reactivated,
      SAMPLE,
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
      'a device under a ceiling that is not set',
      mergeSignals(healthyDevice(), [incident('high')]),
      withCeiling('notSet'),
      'compliant',
      'compliant',
    ],
    [
      'a device on a disabled platform',
      healthyDevice(),
      given({ connector: { androidEnabled: false } }),
      'noncompliant',
      'connectorDisabledForPlatform',
    ],
    [
      'a device without a policy',
      healthyDevice(),
      { ...SAMPLE, compliancePolicies: [] },
      'noncompliant',
      'noCompliancePolicyAssigned',
    ],
    [
      'a device whose policy excludes its group',
      mergeSignals(healthyDevice(BEFORE), [
        signalOf({
          type: 'enrolled',
          properties: { operatingSystem: 'Android', osVersion: '15', groupIds: ['g'] },
        }),
      ]),
      {
        ...SAMPLE,
        compliancePolicies: SAMPLE.compliancePolicies.map((policy) =>
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
      'a device under an unreadable configuration',
      healthyDevice(),
      { ...SAMPLE, problems: ['x/y: broken'] },
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
        reportFaults: [],
        eventSources: [],
        problems: [],
      },
      'error',
      'configurationMissing',
    ],
  ];
  for (const [title, device, configuration, state, code] of cases) {
    it(`evaluates ${title} as ${state}: ${code}`, () => {
      expect(evaluate(device, configuration).slice(0, 2)).toEqual([state, code]);
    });
  }

  it('returns an error if the clock gives no valid time', () => {
    expect(evaluate(healthyDevice(), SAMPLE, 'Invalid Date')).toEqual(['error', 'clockInvalid']);
  });

  it('counts a known threat on a deactivated device even if missing data is allowed', () => {
    const lenient = given({ connector: { androidDeviceBlockedOnMissingPartnerData: false } });
    const device = mergeSignals(healthyDevice(), [
      incident('high'),
      signalOf({ type: 'deactivated' }),
    ]);
    expect(evaluate(device, lenient)[0]).toBe('noncompliant');
  });
});

describe('the device clock and the partner clock', () => {
  const lastSeen = '2026-01-01T00:00:00.000Z';
  const device = healthyDevice(lastSeen);
  const deadline = addSeconds(lastSeen, HEARTBEAT_WINDOW_IN_SECONDS);
  const partnerSeenAt = (lastHeartbeatDateTime: string): Configuration =>
    given({ connector: { lastHeartbeatDateTime } });

  it('allows a silent device until its deadline and no longer', () => {
    const configuration = partnerSeenAt(addSeconds(deadline, 60));
    expect(evaluate(device, configuration, deadline)[0]).toBe('compliant');
    expect(evaluate(device, configuration, addSeconds(deadline, 0.001))).toContain('deviceSilent');
  });

  it.each<[string, DeviceSignal]>([
    [
      'a verdict',
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, addSeconds(deadline, -1)),
    ],
    [
      'an incident',
      signalOf(
        {
          type: 'incidentReported',
          status: 'open',
          incident: { ...INCIDENT, severity: 'low', threatType: 'appUnwanted' },
        },
        addSeconds(deadline, -1),
      ),
    ],
  ])('is silent after its deadline in spite of %s from the cloud', (_, signal) => {
    const configuration = given({
      policy: { deviceThreatProtectionRequiredSecurityLevel: 'high' },
      connector: { lastHeartbeatDateTime: addSeconds(deadline, 60) },
    });
    const judged = mergeSignals(device, [signal]);
    expect(evaluate(judged, configuration, deadline)[0]).toBe('compliant');
    expect(evaluate(judged, configuration, addSeconds(deadline, 1))).toContain('deviceSilent');
  });

  it('has its window from the first verdict if it never gave a sign of life', () => {
    const verdictAt = (at: string): DeviceSignal =>
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at);
    const never = deviceOf(enrolled('android', '15', lastSeen), verdictAt(lastSeen));
    const judged = mergeSignals(never, [verdictAt(deadline)]);
    const configuration = partnerSeenAt(addSeconds(deadline, 60));
    expect(evaluate(judged, configuration, deadline)[0]).toBe('compliant');
    expect(evaluate(judged, configuration, addSeconds(deadline, 1))).toContain('deviceSilent');
    const alive = mergeSignals(judged, [signalOf({ type: 'heartbeat' }, deadline)]);
    expect(evaluate(alive, configuration, addSeconds(deadline, 1))[0]).toBe('compliant');
  });

  it('stops the device clock at the last contact with the partner', () => {
    const configuration = partnerSeenAt(addSeconds(deadline, -1));
    expect(evaluate(device, configuration, addSeconds(deadline, 3600))[0]).toBe('compliant');
  });

  it('applies the missing-data setting once the partner is silent beyond its threshold', () => {
    const configuration = partnerSeenAt(addSeconds(deadline, -1));
    const threshold = configuration.connector?.partnerUnresponsivenessThresholdInDays ?? 0;
    const later = addSeconds(deadline, threshold * 24 * 60 * 60);
    expect(evaluate(device, configuration, later)).toContain('partnerUnresponsive');
  });

  it('stops the device clock while the silence breaker is open', () => {
    const stopped: Configuration = {
      ...partnerSeenAt(addSeconds(deadline, 60)),
      silenceBreaker: {
        state: 'open',
        heldDateTime: deadline,
        openedDateTime: addSeconds(deadline, 30),
      },
    };
    expect(evaluate(device, stopped, addSeconds(deadline, 60))[0]).toBe('compliant');
  });
});
