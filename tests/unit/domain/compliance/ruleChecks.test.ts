import { describe, expect, it } from 'vitest';
import type { DeviceCompliancePolicy } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import type {
  DeviceSignal,
  PhysicalTelemetry,
} from '../../../../shared/domain/vocabulary/signal.ts';
import {
  BEFORE,
  enrolled,
  given,
  stateAndCodes,
  healthyDeviceOn,
  type Changes,
} from '../../../support/given.ts';
import { deviceOf, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

type Policy = Partial<DeviceCompliancePolicy>;

/** Requires nothing that only SEP Mobile reports. */
const REQUIRES_NOTHING: Policy = { deviceThreatProtectionEnabled: false };
const physical = (value: PhysicalTelemetry, at = NOW): DeviceSignal =>
  signalOf({ type: 'telemetryReported', telemetry: { physical: value } }, at);
const patched = (securityPatchLevel: string, at = NOW): DeviceSignal =>
  signalOf({ type: 'telemetryReported', telemetry: { vulnerability: { securityPatchLevel } } }, at);
const codesOf = (device: Device, changes: Changes, now = NOW): readonly string[] =>
  stateAndCodes({ device }, given(changes), now).slice(1);

describe('a policy under a read-only integration', () => {
  const readOnly = { reportDeviceHealthAndRisk: false };

  it.each<Policy>([
    { deviceThreatProtectionEnabled: true },
    { deviceThreatProtectionDefenceLevels: { vulnerability: 'high' } },
    { securityBlockJailbrokenDevices: true },
    { passcodeRequired: true },
    { storageRequireEncryption: true },
    { minAndroidSecurityPatchLevel: '2026-01-05' },
  ])('fails for exactly one reason if it requires %j', (required) => {
    const policy = { ...REQUIRES_NOTHING, ...required };
    expect(codesOf(healthyDeviceOn('android'), { policy, connector: readOnly })).toEqual([
      'connectorReadOnly',
    ]);
  });

  it.each<Policy>([
    {},
    { deviceThreatProtectionEnabled: true, deviceThreatProtectionRequiredSecurityLevel: 'notSet' },
    { deviceThreatProtectionDefenceLevels: {} },
    { deviceThreatProtectionDefenceLevels: { physical: 'notSet', network: 'notSet' } },
    { securityBlockJailbrokenDevices: false },
    { passcodeRequired: false },
    { storageRequireEncryption: false },
    { osMinimumVersion: '15', osMaximumVersion: '15' },
  ])('is met if it requires only %j', (required) => {
    const policy = { ...REQUIRES_NOTHING, ...required };
    expect(codesOf(healthyDeviceOn('android'), { policy, connector: readOnly })).toEqual([
      'compliant',
    ]);
  });

  it('is met if missing data is allowed', () => {
    const connector = { ...readOnly, androidDeviceBlockedOnMissingPartnerData: false };
    expect(codesOf(healthyDeviceOn('android'), { connector })).toEqual(['compliant']);
  });
});

describe('a ceiling for one defence', () => {
  const policy: Policy = {
    ...REQUIRES_NOTHING,
    deviceThreatProtectionDefenceLevels: { network: 'low', physical: 'notSet' },
  };

  it('ignores the other defences', () => {
    const device = healthyDeviceOn('android', physical({ passcodeEnabled: false }));
    expect(codesOf(device, { policy })).toEqual(['compliant']);
  });

  it('fails a compromised device', () => {
    const device = healthyDeviceOn('android', physical({ jailbrokenOrRooted: true }));
    expect(codesOf(device, { policy })).toContain('deviceCompromised');
  });
});

describe('a jailbroken device', () => {
  const policy: Policy = { ...REQUIRES_NOTHING, securityBlockJailbrokenDevices: true };
  const activated = (...then: readonly DeviceSignal[]): Device =>
    deviceOf(enrolled('android'), signalOf({ type: 'activated' }, BEFORE), ...then);

  it.each<[string, DeviceSignal]>([
    ['its telemetry', physical({ jailbrokenOrRooted: true })],
    [
      'an incident',
      signalOf({
        type: 'incidentReported',
        status: 'open',
        incident: { ...INCIDENT, threatType: 'jailbrokenOrRooted', severity: 'low' },
      }),
    ],
    [
      'the verdict',
      signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
    ],
  ])('is detected by %s', (_, signal) => {
    expect(codesOf(healthyDeviceOn('android', signal), { policy })).toContain('deviceJailbroken');
  });

  it('is not any device with a threat', () => {
    const device = healthyDeviceOn('android', physical({ passcodeEnabled: false }));
    expect(codesOf(device, { policy })).toEqual(['compliant']);
  });

  it('fails even if the organisation overrides the threat as secured', () => {
    const threatOverrides = [
      { threatType: 'jailbrokenOrRooted', version: 1, severity: 'secured' },
    ] as const;
    const device = healthyDeviceOn('android', physical({ jailbrokenOrRooted: true }));
    const configuration = { ...given({ policy }), threatOverrides };
    expect(stateAndCodes({ device }, configuration, NOW)).toEqual([
      'noncompliant',
      'deviceJailbroken',
    ]);
  });

  it.each<[string, string, Device]>([
    ['an assessment', 'compliant', healthyDeviceOn('android')],
    ['telemetry', 'compliant', activated(physical({ jailbrokenOrRooted: false }))],
    ['telemetry about other facts', 'settingNotReported', activated(physical({}))],
    ['an activation only', 'settingNotReported', activated()],
  ])('is ruled out, or unknown, after %s: %s', (_, code, device) => {
    expect(codesOf(device, { policy })).toEqual([code]);
  });
});

describe('an attested fact', () => {
  const GOOD = { passcodeEnabled: true, storageEncrypted: true, jailbrokenOrRooted: false };

  it.each<[string, Policy, (at: string) => DeviceSignal]>([
    ['a passcode', { passcodeRequired: true }, (at) => physical(GOOD, at)],
    ['encryption', { storageRequireEncryption: true }, (at) => physical(GOOD, at)],
    ['no jailbreak', { securityBlockJailbrokenDevices: true }, (at) => physical(GOOD, at)],
    [
      'a patch level',
      { minAndroidSecurityPatchLevel: '2026-01-05' },
      (at) => patched('2026-01-05', at),
    ],
  ])('proves %s only if it is newer than the last deactivation', (_, required, attest) => {
    const policy = { ...REQUIRES_NOTHING, ...required };
    const codesAfter = (seconds: number): readonly string[] =>
      codesOf(
        deviceOf(
          enrolled('android'),
          attest(addSeconds(NOW, seconds)),
          signalOf({ type: 'deactivated' }, NOW),
        ),
        { policy },
        addSeconds(NOW, 2),
      );
    expect(codesAfter(-1)).toEqual(['settingNotReported']);
    expect(codesAfter(0)).toEqual(['settingNotReported']);
    expect(codesAfter(1)).toEqual(['compliant']);
  });

  it.each<Policy>([
    { passcodeRequired: true },
    { storageRequireEncryption: true },
    { securityBlockJailbrokenDevices: true },
    { minAndroidSecurityPatchLevel: '2026-01-05' },
  ])('is missing on a device that was deactivated before its first report: %j', (required) => {
    const device = deviceOf(enrolled('android'), signalOf({ type: 'deactivated' }));
    expect(codesOf(device, { policy: { ...REQUIRES_NOTHING, ...required } })).toEqual([
      'settingNotReported',
    ]);
  });
});

describe('the OS version', () => {
  const policy: Policy = { ...REQUIRES_NOTHING, osMinimumVersion: '15' };
  const reported = (osVersion: string | undefined, at: string): DeviceSignal =>
    signalOf(
      {
        type: 'telemetryReported',
        telemetry: { vulnerability: osVersion === undefined ? {} : { osVersion } },
      },
      at,
    );

  it.each([
    ['a newer report', '15', addSeconds(BEFORE, 1), 'compliant'],
    ['a report of the same moment', '15', BEFORE, 'osVersionTooOld'],
    ['an older report', '15', addSeconds(BEFORE, -1), 'osVersionTooOld'],
    ['a newer report without a version', undefined, addSeconds(BEFORE, 1), 'osVersionTooOld'],
  ])('is the enrolled one unless a newer report has one: %s', (_, version, at, code) => {
    const device = deviceOf(enrolled('android', '14'), reported(version, at));
    expect(codesOf(device, { policy })).toEqual([code]);
  });

  it.each([
    ['osMinimumVersion', '14.9', 'osVersionTooOld'],
    ['osMinimumVersion', '15', 'compliant'],
    ['osMaximumVersion', '15', 'compliant'],
    ['osMaximumVersion', '15.1', 'osVersionTooNew'],
  ] as const)('under %s 15, at %s: %s', (setting, version, code) => {
    const device = deviceOf(enrolled('android', version));
    expect(codesOf(device, { policy: { ...REQUIRES_NOTHING, [setting]: '15' } })).toEqual([code]);
  });
});

describe('a setting that SEP Mobile attests', () => {
  const decrypted = signalOf({
    type: 'telemetryReported',
    telemetry: { network: { tlsInterception: 'decryption' } },
  });

  it.each([
    ['securityBlockJailbrokenDevices', { jailbrokenOrRooted: true }, 'deviceJailbroken'],
    ['securityBlockJailbrokenDevices', { jailbrokenOrRooted: false }, 'compliant'],
    ['passcodeRequired', { passcodeEnabled: false }, 'passcodeMissing'],
    ['passcodeRequired', { passcodeEnabled: true }, 'compliant'],
    ['passcodeRequired', {}, 'settingNotReported'],
    ['storageRequireEncryption', { storageEncrypted: false }, 'storageNotEncrypted'],
    ['storageRequireEncryption', { storageEncrypted: true }, 'compliant'],
    ['storageRequireEncryption', {}, 'settingNotReported'],
  ] as const)('%s with %j: %s', (setting, physical, code) => {
    for (const platform of ['android', 'iOS'] as const) {
      const device = healthyDeviceOn(
        platform,
        signalOf({ type: 'telemetryReported', telemetry: { physical } }),
      );
      const policy = {
        [setting]: true,
        deviceThreatProtectionRequiredSecurityLevel: 'notSet',
      } as const;
      expect(stateAndCodes({ device }, given({ policy }), NOW)).toContain(code);
    }
  });

  it.each([
    ['network', 'secured', 'noncompliant'],
    ['network', 'medium', 'noncompliant'],
    ['network', 'high', 'compliant'],
    ['application', 'secured', 'compliant'],
  ] as const)(
    'a ceiling for %s of %s, with a high network threat: %s',
    (defence, ceiling, state) => {
      const device = healthyDeviceOn('android', decrypted);
      const policy = {
        deviceThreatProtectionRequiredSecurityLevel: 'high',
        deviceThreatProtectionDefenceLevels: { [defence]: ceiling },
      } as const;
      expect(stateAndCodes({ device }, given({ policy }), NOW)[0]).toBe(state);
    },
  );
});

describe('a policy with ceilings for defences only', () => {
  const policy = {
    deviceThreatProtectionEnabled: false,
    deviceThreatProtectionRequiredSecurityLevel: 'notSet',
    deviceThreatProtectionDefenceLevels: { network: 'high' },
  } as const;

  it.each([
    ['never activated', [], 'noPartnerData'],
    ['not assessed yet', [signalOf({ type: 'activated' })], 'assessmentPending'],
    [
      'compromised',
      [
        signalOf({ type: 'activated' }),
        signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'compromised' }),
      ],
      'deviceCompromised',
    ],
  ] as const)('fails a device that is %s', (_, signals, code) => {
    const device = deviceOf(enrolled('android'), ...signals);
    expect(stateAndCodes({ device }, given({ policy }), NOW).slice(0, 2)).toEqual([
      'noncompliant',
      code,
    ]);
  });

  it.each([
    [true, 'noncompliant'],
    [false, 'compliant'],
  ])(
    'in Basic mode, which names no defence, with missing data blocked: %s, makes a device %s',
    (isBlocked, state) => {
      const connector = {
        reportSecurityIncidents: false,
        androidDeviceBlockedOnMissingPartnerData: isBlocked,
      };
      expect(
        stateAndCodes({ device: healthyDeviceOn('android') }, given({ policy, connector }), NOW)[0],
      ).toBe(state);
    },
  );
});
describe('an attested fact before a deactivation', () => {
  it('no longer counts', () => {
    const policy = {
      passcodeRequired: true,
      deviceThreatProtectionRequiredSecurityLevel: 'notSet',
    } as const;
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'telemetryReported', telemetry: { physical: { passcodeEnabled: true } } }),
      signalOf({ type: 'deactivated' }, addSeconds(NOW, 1)),
    );
    expect(stateAndCodes({ device }, given({ policy }), addSeconds(NOW, 2))).toContain(
      'settingNotReported',
    );
  });
});
