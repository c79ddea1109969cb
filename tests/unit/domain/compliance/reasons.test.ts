import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { Telemetry } from '../../../../shared/domain/vocabulary/signal.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import {
  BEFORE,
  enrolled,
  given,
  SAMPLE,
  wellDevice,
  type Changes,
} from '../../../support/given.ts';

const WEEK_IN_SECONDS = 7 * 24 * 60 * 60;
const THREAT_LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';

const showing = (telemetry: Telemetry, at = NOW): Device =>
  wellDevice('android', signalOf({ type: 'telemetryReported', telemetry }, at));
const versioned = (osVersion: string): Device =>
  wellDevice('android', enrolled('android', osVersion, NOW));
const assessed = (healthState: 'compromised' | 'misconfigured'): Device =>
  wellDevice('android', signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState }));
const risky = wellDevice('android', signalOf({ type: 'riskReported', riskLevel: 'medium' }));

interface Told {
  readonly code: string;
  readonly message: string;
  readonly setting: string;
}

/** What fails a policy, and what is told of it: to the letter, because an operator has nothing else. */
const FAILURES: readonly [string, Device, Changes, Told][] = [
  [
    'a system that SEP Mobile does not run on, where those are blocked',
    versioned('4.0.4'),
    { connector: { partnerUnsupportedOsVersionBlocked: true } },
    {
      code: 'osVersionUnsupported',
      message: 'the operating system is older than version 4.1, which SEP Mobile requires',
      setting: 'partnerUnsupportedOsVersionBlocked',
    },
  ],
  [
    'a system that cannot be told from those, where they are blocked',
    versioned('Tiramisu'),
    { connector: { partnerUnsupportedOsVersionBlocked: true } },
    {
      code: 'settingInError',
      message: 'the operating system version cannot be read',
      setting: 'partnerUnsupportedOsVersionBlocked',
    },
  ],
  [
    'a system that SEP Mobile does not run on',
    versioned('4.0.4'),
    {},
    {
      code: 'osVersionUnsupported',
      message: 'the operating system is older than version 4.1, which SEP Mobile requires',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a read-only integration',
    wellDevice('android'),
    { connector: { reportDeviceHealthAndRisk: false } },
    {
      code: 'connectorReadOnly',
      message: 'SEP Mobile’s integration is read-only',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a platform that is switched off',
    wellDevice('android'),
    { connector: { androidEnabled: false } },
    {
      code: 'connectorDisabledForPlatform',
      message: 'the connector is switched off for the platform',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a partner that has fallen silent',
    wellDevice('android'),
    { connector: { lastHeartbeatDateTime: addSeconds(NOW, -WEEK_IN_SECONDS - 1) } },
    {
      code: 'partnerUnresponsive',
      message: 'SEP Mobile itself has been silent for too long',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a compromised device',
    assessed('compromised'),
    {},
    {
      code: 'deviceCompromised',
      message: 'the device is compromised, and its user cannot repair it',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a risk above the ceiling',
    risky,
    {},
    {
      code: 'threatLevelAboveCeiling',
      message: 'the device’s threat level is medium; the policy allows low or better',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'an app that has not assessed the device yet',
    deviceOf(enrolled('android'), signalOf({ type: 'activated' })),
    {},
    {
      code: 'assessmentPending',
      message: 'the first security assessment of the device is not complete',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'an app that was taken away before it had',
    deviceOf(
      enrolled('android'),
      signalOf({ type: 'activated' }, BEFORE),
      signalOf({ type: 'deactivated' }),
    ),
    {},
    {
      code: 'appDeactivated',
      message: 'SEP Mobile was deactivated before it had assessed the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'an app that was taken away',
    wellDevice('android', signalOf({ type: 'deactivated' })),
    {},
    {
      code: 'appDeactivated',
      message: 'SEP Mobile is deactivated on the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'an app that cannot do its work',
    assessed('misconfigured'),
    {},
    {
      code: 'appMisconfigured',
      message: 'SEP Mobile cannot analyse the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'no word of SEP Mobile',
    deviceOf(enrolled('android')),
    {},
    {
      code: 'noPartnerData',
      message: 'SEP Mobile has not reported on the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'threats above the ceilings of two defences',
    showing({ physical: { developerMode: true }, network: { security: 'open' } }),
    {
      policy: {
        deviceThreatProtectionDefenceLevels: { physical: 'secured', network: 'secured' },
      },
    },
    {
      code: 'defenceLevelAboveCeiling',
      message: 'the threat level exceeds its ceiling for physical, network',
      setting: 'deviceThreatProtectionDefenceLevels',
    },
  ],
  [
    'an integration that names no defence',
    wellDevice('android'),
    {
      policy: { deviceThreatProtectionDefenceLevels: { physical: 'secured' } },
      connector: { reportSecurityIncidents: false },
    },
    {
      code: 'settingNotReported',
      message: 'SEP Mobile’s Basic integration does not report threats by defence',
      setting: 'deviceThreatProtectionDefenceLevels',
    },
  ],
  [
    'a jailbroken device',
    showing({ physical: { jailbrokenOrRooted: true } }),
    { policy: { securityBlockJailbrokenDevices: true } },
    {
      code: 'deviceJailbroken',
      message: 'the device is jailbroken or rooted',
      setting: 'securityBlockJailbrokenDevices',
    },
  ],
  [
    'no passcode',
    showing({ physical: { passcodeEnabled: false } }),
    { policy: { passcodeRequired: true } },
    {
      code: 'passcodeMissing',
      message: 'the device has no passcode',
      setting: 'passcodeRequired',
    },
  ],
  [
    'clear storage',
    showing({ physical: { storageEncrypted: false } }),
    { policy: { storageRequireEncryption: true } },
    {
      code: 'storageNotEncrypted',
      message: 'the storage is not encrypted',
      setting: 'storageRequireEncryption',
    },
  ],
  [
    'a setting of which nothing is known',
    wellDevice('android'),
    { policy: { storageRequireEncryption: true } },
    {
      code: 'settingNotReported',
      message: 'SEP Mobile has not reported this setting',
      setting: 'storageRequireEncryption',
    },
  ],
  [
    'an old security patch level',
    showing({ vulnerability: { securityPatchLevel: '2025-12-05' } }),
    { policy: { minAndroidSecurityPatchLevel: '2026-01-05' } },
    {
      code: 'securityPatchLevelTooOld',
      message: 'the security patch level is 2025-12-05; the policy requires 2026-01-05 or later',
      setting: 'minAndroidSecurityPatchLevel',
    },
  ],
  [
    'a security patch level that is no day',
    showing({ vulnerability: { securityPatchLevel: 'January' } }),
    { policy: { minAndroidSecurityPatchLevel: '2026-01-05' } },
    {
      code: 'settingInError',
      message: 'the security patch level is not a date',
      setting: 'minAndroidSecurityPatchLevel',
    },
  ],
  [
    'an old system',
    versioned('14.1'),
    { policy: { osMinimumVersion: '15' } },
    {
      code: 'osVersionTooOld',
      message: 'the operating system is version 14.1; the policy requires at least 15',
      setting: 'osMinimumVersion',
    },
  ],
  [
    'a new system',
    versioned('15.1'),
    { policy: { osMaximumVersion: '15' } },
    {
      code: 'osVersionTooNew',
      message: 'the operating system is version 15.1; the policy requires at most 15',
      setting: 'osMaximumVersion',
    },
  ],
  [
    'a system whose version cannot be read',
    versioned('Tiramisu'),
    { policy: { osMaximumVersion: '15' } },
    {
      code: 'settingInError',
      message: 'the operating system version cannot be read',
      setting: 'osMaximumVersion',
    },
  ],
];

describe('the reason for a failed policy', () => {
  it.each(FAILURES)('tells %s', (_, device, changes, told) => {
    const { reasons } = evaluateCompliance({ device }, given(changes), NOW);
    expect(reasons.filter(({ policyId }) => policyId !== undefined)).toContainEqual({
      ...told,
      policyId: 'android-baseline',
    });
  });
});

describe('the reason for what has no policy', () => {
  it.each([
    [
      'a device that nobody enrolled',
      createDevice('phone-1'),
      SAMPLE,
      NOW,
      { code: 'deviceNotEnrolled', message: 'the device is not enrolled' },
    ],
    [
      'a clock without a time',
      wellDevice('android'),
      SAMPLE,
      'Invalid Date',
      { code: 'clockInvalid', message: 'the clock returned no valid time' },
    ],
    [
      'documents that cannot be read',
      wellDevice('android'),
      { ...SAMPLE, problems: ['policy/a: no id', 'policy/b: no version'] },
      NOW,
      {
        code: 'configurationInvalid',
        message: 'configuration cannot be read: policy/a: no id; policy/b: no version',
      },
    ],
    [
      'a well device',
      wellDevice('android'),
      SAMPLE,
      NOW,
      { code: 'compliant', message: 'every assigned policy is met' },
    ],
  ] as const)('tells %s, and nothing else', (_, device, configuration, now, told) => {
    expect(evaluateCompliance({ device }, configuration, now).reasons).toEqual([told]);
  });

  it.each(['tenantSettings', 'connector'] as const)('tells that there is no %s', (missing) => {
    const { [missing]: _, ...configuration } = SAMPLE;
    const evaluation = evaluateCompliance({ device: wellDevice('android') }, configuration, NOW);
    expect([evaluation.complianceState, evaluation.reasons]).toEqual([
      'error',
      [
        {
          code: 'configurationMissing',
          message: 'the tenant settings or the connector are not configured',
        },
      ],
    ]);
  });
});

describe('what is known against a device', () => {
  const reasonsOf = (device: Device): readonly object[] =>
    evaluateCompliance({ device }, given(), NOW).reasons.filter(
      ({ policyId, code }) => policyId === undefined && code !== 'compliant',
    );

  it('is told after what its policies say', () => {
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
  ])('names an incident %j', (changes, message) => {
    const incident = { ...INCIDENT, ...changes };
    const device = wellDevice(
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
  ])('names up to three of what a threat shows in: of %i', (count, named) => {
    const cves = ['CVE-1', 'CVE-2', 'CVE-3', 'CVE-4'].map((id) => ({ id, cvss: 9 }));
    expect(reasonsOf(showing({ vulnerability: { cves: cves.slice(0, count) } }))).toEqual([
      {
        code: 'threatDetected',
        message: `A known vulnerability with CVSS 9.0 or higher (criticalVulnerability, high)${named}`,
        category: 'vulnerability',
      },
    ]);
  });

  it('names nothing where a threat shows in the device itself', () => {
    expect(reasonsOf(showing({ physical: { passcodeEnabled: false } }))).toEqual([
      {
        code: 'threatDetected',
        message: 'The device has no passcode (passcodeDisabled, medium)',
        category: 'physical',
      },
    ]);
  });
});
