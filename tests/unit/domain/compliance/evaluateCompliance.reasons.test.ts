import { describe, expect, it } from 'vitest';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { Telemetry } from '../../../../shared/domain/vocabulary/signal.ts';
import { INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { given, SAMPLE, healthyDeviceOn } from '../../../support/given.ts';

const showing = (telemetry: Telemetry, at = NOW): Device =>
  healthyDeviceOn('android', signalOf({ type: 'telemetryReported', telemetry }, at));
const risky = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'medium' }));

describe('a reason without a policy', () => {
  it.each([
    [
      'an unenrolled device',
      createDevice('phone-1'),
      SAMPLE,
      NOW,
      { code: 'deviceNotEnrolled', message: 'the device is not enrolled' },
    ],
    [
      'an invalid clock',
      healthyDeviceOn('android'),
      SAMPLE,
      'Invalid Date',
      { code: 'clockInvalid', message: 'the clock returned no valid time' },
    ],
    [
      'unreadable configuration documents',
      healthyDeviceOn('android'),
      { ...SAMPLE, problems: ['policy/a: no id', 'policy/b: no version'] },
      NOW,
      {
        code: 'configurationInvalid',
        message: 'configuration cannot be read: policy/a: no id; policy/b: no version',
      },
    ],
    [
      'a healthy device',
      healthyDeviceOn('android'),
      SAMPLE,
      NOW,
      { code: 'compliant', message: 'every assigned policy is met' },
    ],
  ] as const)('is the only one for %s', (_, device, configuration, now, expected) => {
    expect(evaluateCompliance({ device }, configuration, now).reasons).toEqual([expected]);
  });

  it.each(['tenantSettings', 'connector'] as const)(
    'reports a missing configuration without %s',
    (missing) => {
      const { [missing]: _, ...configuration } = SAMPLE;
      const evaluation = evaluateCompliance(
        { device: healthyDeviceOn('android') },
        configuration,
        NOW,
      );
      expect([evaluation.complianceState, evaluation.reasons]).toEqual([
        'error',
        [
          {
            code: 'configurationMissing',
            message: 'the tenant settings or the connector are not configured',
          },
        ],
      ]);
    },
  );
});

describe('a reason for a known threat', () => {
  const reasonsOf = (device: Device): readonly object[] =>
    evaluateCompliance({ device }, given(), NOW).reasons.filter(
      ({ policyId, code }) => policyId === undefined && code !== 'compliant',
    );

  it('follows the reasons of the policies', () => {
    const { reasons } = evaluateCompliance({ device: risky }, given(), NOW);
    expect(reasons.map(({ code }) => code)).toEqual([
      'threatLevelAboveCeiling',
      'riskLevelReported',
    ]);
    expect(reasonsOf(risky)).toEqual([
      {
        code: 'riskLevelReported',
        message: 'SEP Mobile reports the risk of the device as medium',
      },
    ]);
  });

  it.each([
    [{}, 'open application incident of high severity: malware'],
    [{ title: 'Eicar' }, 'open application incident of high severity: Eicar'],
  ])('names an incident with %j', (changes, message) => {
    const incident = { ...INCIDENT, ...changes };
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'incidentReported', status: 'open', incident }),
    );
    expect(reasonsOf(device)).toEqual([
      { code: 'incidentOpen', message, category: 'application', incidentId: 'incident-1' },
    ]);
  });

  it.each([
    [1, ': CVE-1'],
    [3, ': CVE-1, CVE-2, CVE-3'],
    [4, ': CVE-1, CVE-2, CVE-3 and others'],
  ])('names up to three sources of a threat: of %i', (count, named) => {
    const cves = ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4'].map((id) => ({ id, cvss: 9 }));
    expect(reasonsOf(showing({ vulnerability: { cves: cves.slice(0, count) } }))).toEqual([
      {
        code: 'threatDetected',
        message: `A known vulnerability with CVSS 9.0 or higher (criticalVulnerability, high)${named}`,
        category: 'vulnerability',
      },
    ]);
  });

  it('names no source for a threat of the device itself', () => {
    expect(reasonsOf(showing({ physical: { passcodeEnabled: false } }))).toEqual([
      {
        code: 'threatDetected',
        message: 'The device has no passcode (passcodeDisabled, medium)',
        category: 'physical',
      },
    ]);
  });
});
