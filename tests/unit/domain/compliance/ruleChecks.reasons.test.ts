import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { Telemetry } from '../../../../shared/domain/vocabulary/signal.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, healthyDeviceOn, type Changes } from '../../../support/given.ts';

const WEEK_IN_SECONDS = 7 * 24 * 60 * 60;
const THREAT_LEVEL = 'deviceThreatProtectionRequiredSecurityLevel';

const showing = (telemetry: Telemetry, at = NOW): Device =>
  healthyDeviceOn('android', signalOf({ type: 'telemetryReported', telemetry }, at));
const versioned = (osVersion: string): Device =>
  healthyDeviceOn('android', enrolled('android', osVersion, NOW));
const assessed = (healthState: 'compromised' | 'misconfigured'): Device =>
  healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState }));
const risky = healthyDeviceOn('android', signalOf({ type: 'riskReported', riskLevel: 'medium' }));

interface ExpectedReason {
  readonly code: string;
  readonly message: string;
  readonly setting: string;
}

/** Each cause of a failed policy and its exact reason, because an operator sees nothing else. */
const FAILURES: readonly [string, Device, Changes, ExpectedReason][] = [
  [
    'an unsupported OS version if those are blocked',
    versioned('4.4.4'),
    { connector: { partnerUnsupportedOsVersionBlocked: true } },
    {
      code: 'osVersionUnsupported',
      message: 'the operating system is older than version 5.0, which SEP Mobile requires',
      setting: 'partnerUnsupportedOsVersionBlocked',
    },
  ],
  [
    'an unreadable OS version if unsupported ones are blocked',
    versioned('Tiramisu'),
    { connector: { partnerUnsupportedOsVersionBlocked: true } },
    {
      code: 'settingInError',
      message: 'the operating system version cannot be read',
      setting: 'partnerUnsupportedOsVersionBlocked',
    },
  ],
  [
    'an unsupported OS version',
    versioned('4.4.4'),
    {},
    {
      code: 'osVersionUnsupported',
      message: 'the operating system is older than version 5.0, which SEP Mobile requires',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a read-only integration',
    healthyDeviceOn('android'),
    { connector: { reportDeviceHealthAndRisk: false } },
    {
      code: 'connectorReadOnly',
      message: 'SEP Mobile’s integration is read-only',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a disabled platform',
    healthyDeviceOn('android'),
    { connector: { androidEnabled: false } },
    {
      code: 'connectorDisabledForPlatform',
      message: 'the connector is switched off for the platform',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'an unresponsive partner',
    healthyDeviceOn('android'),
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
    'a pending first assessment',
    deviceOf(enrolled('android'), signalOf({ type: 'activated' })),
    {},
    {
      code: 'assessmentPending',
      message: 'the first security assessment of the device is not complete',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a deactivation before the first assessment',
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
    'a deactivation',
    healthyDeviceOn('android', signalOf({ type: 'deactivated' })),
    {},
    {
      code: 'appDeactivated',
      message: 'SEP Mobile is deactivated on the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'a misconfigured app',
    assessed('misconfigured'),
    {},
    {
      code: 'appMisconfigured',
      message: 'SEP Mobile cannot analyse the device',
      setting: THREAT_LEVEL,
    },
  ],
  [
    'no report from SEP Mobile',
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
    healthyDeviceOn('android'),
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
    'unencrypted storage',
    showing({ physical: { storageEncrypted: false } }),
    { policy: { storageRequireEncryption: true } },
    {
      code: 'storageNotEncrypted',
      message: 'the storage is not encrypted',
      setting: 'storageRequireEncryption',
    },
  ],
  [
    'a setting without a report',
    healthyDeviceOn('android'),
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
    'an unreadable security patch level',
    showing({ vulnerability: { securityPatchLevel: 'January' } }),
    { policy: { minAndroidSecurityPatchLevel: '2026-01-05' } },
    {
      code: 'settingNotReported',
      message: 'SEP Mobile has not reported this setting',
      setting: 'minAndroidSecurityPatchLevel',
    },
  ],
  [
    'an OS version that is too old',
    versioned('14.1'),
    { policy: { osMinimumVersion: '15' } },
    {
      code: 'osVersionTooOld',
      message: 'the operating system is version 14.1; the policy requires at least 15',
      setting: 'osMinimumVersion',
    },
  ],
  [
    'an OS version that is too new',
    versioned('15.1'),
    { policy: { osMaximumVersion: '15' } },
    {
      code: 'osVersionTooNew',
      message: 'the operating system is version 15.1; the policy requires at most 15',
      setting: 'osMaximumVersion',
    },
  ],
  [
    'an unreadable OS version',
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
  it.each(FAILURES)('names %s', (_, device, changes, expected) => {
    const { reasons } = evaluateCompliance({ device }, given(changes), NOW);
    expect(reasons.filter(({ policyId }) => policyId !== undefined)).toContainEqual({
      ...expected,
      policyId: 'android-baseline',
    });
  });
});
