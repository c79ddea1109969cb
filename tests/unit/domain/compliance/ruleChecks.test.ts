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

/** Nothing of what only SEP Mobile can tell. */
const ASKS_NOTHING: Policy = { deviceThreatProtectionEnabled: false };
const physical = (value: PhysicalTelemetry, at = NOW): DeviceSignal =>
  signalOf({ type: 'telemetryReported', telemetry: { physical: value } }, at);
const patched = (securityPatchLevel: string, at = NOW): DeviceSignal =>
  signalOf({ type: 'telemetryReported', telemetry: { vulnerability: { securityPatchLevel } } }, at);
const codesOf = (device: Device, changes: Changes, now = NOW): readonly string[] =>
  stateAndCodes({ device }, given(changes), now).slice(1);

describe('a partner who is not heard', () => {
  const readOnly = { reportDeviceHealthAndRisk: false };

  it.each<Policy>([
    { deviceThreatProtectionEnabled: true },
    { deviceThreatProtectionDefenceLevels: { vulnerability: 'high' } },
    { securityBlockJailbrokenDevices: true },
    { passcodeRequired: true },
    { storageRequireEncryption: true },
    { minAndroidSecurityPatchLevel: '2026-01-05' },
  ])('fails once, and once alone, a policy that asks for %j', (asked) => {
    const policy = { ...ASKS_NOTHING, ...asked };
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
  ])('matters nothing to a policy that asks for %j', (asked) => {
    const policy = { ...ASKS_NOTHING, ...asked };
    expect(codesOf(healthyDeviceOn('android'), { policy, connector: readOnly })).toEqual([
      'compliant',
    ]);
  });

  it('fails no policy where missing data is let pass', () => {
    const connector = { ...readOnly, androidDeviceBlockedOnMissingPartnerData: false };
    expect(codesOf(healthyDeviceOn('android'), { connector })).toEqual(['compliant']);
  });
});

describe('a ceiling for a defence alone', () => {
  const policy: Policy = {
    ...ASKS_NOTHING,
    deviceThreatProtectionDefenceLevels: { network: 'low', physical: 'notSet' },
  };

  it('asks nothing of the others', () => {
    const device = healthyDeviceOn('android', physical({ passcodeEnabled: false }));
    expect(codesOf(device, { policy })).toEqual(['compliant']);
  });

  it('asks whether the device is compromised', () => {
    const device = healthyDeviceOn('android', physical({ jailbrokenOrRooted: true }));
    expect(codesOf(device, { policy })).toContain('deviceCompromised');
  });
});

describe('a jailbroken device', () => {
  const policy: Policy = { ...ASKS_NOTHING, securityBlockJailbrokenDevices: true };
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
  ])('is known by %s', (_, signal) => {
    expect(codesOf(healthyDeviceOn('android', signal), { policy })).toContain('deviceJailbroken');
  });

  it('is not every device with a threat', () => {
    const device = healthyDeviceOn('android', physical({ passcodeEnabled: false }));
    expect(codesOf(device, { policy })).toEqual(['compliant']);
  });

  it('is one although the organisation has said that the threat does not count', () => {
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

  it.each<[string, Device, string]>([
    ['an assessment', healthyDeviceOn('android'), 'compliant'],
    ['telemetry', activated(physical({ jailbrokenOrRooted: false })), 'compliant'],
    ['telemetry about something else', activated(physical({})), 'settingNotReported'],
    ['an app that was only activated', activated(), 'settingNotReported'],
  ])('is ruled out, or not, by %s: %s', (_, device, code) => {
    expect(codesOf(device, { policy })).toEqual([code]);
  });
});

describe('what was attested', () => {
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
  ])('proves %s only after the last deactivation', (_, asked, attest) => {
    const policy = { ...ASKS_NOTHING, ...asked };
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
  ])('is nothing on a device whose app was taken away before it said anything: %j', (asked) => {
    const device = deviceOf(enrolled('android'), signalOf({ type: 'deactivated' }));
    expect(codesOf(device, { policy: { ...ASKS_NOTHING, ...asked } })).toEqual([
      'settingNotReported',
    ]);
  });
});

describe('the version of the system', () => {
  const policy: Policy = { ...ASKS_NOTHING, osMinimumVersion: '15' };
  const seen = (osVersion: string | undefined, at: string): DeviceSignal =>
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
    ['a newer report without one', undefined, addSeconds(BEFORE, 1), 'osVersionTooOld'],
  ])('is the enrolment’s, unless there is a newer one: %s', (_, version, at, code) => {
    const device = deviceOf(enrolled('android', '14'), seen(version, at));
    expect(codesOf(device, { policy })).toEqual([code]);
  });

  it.each([
    ['osMinimumVersion', '14.9', 'osVersionTooOld'],
    ['osMinimumVersion', '15', 'compliant'],
    ['osMaximumVersion', '15', 'compliant'],
    ['osMaximumVersion', '15.1', 'osVersionTooNew'],
  ] as const)('under %s, at %s: %s', (setting, version, code) => {
    const device = deviceOf(enrolled('android', version));
    expect(codesOf(device, { policy: { ...ASKS_NOTHING, [setting]: '15' } })).toEqual([code]);
  });
});
