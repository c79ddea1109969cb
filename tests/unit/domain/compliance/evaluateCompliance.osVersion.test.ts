import { describe, expect, it } from 'vitest';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, healthyDeviceOn, stateAndCodes } from '../../../support/given.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { defined } from '../../../../shared/base/defined.ts';

describe('the version limits of a policy', () => {
  const versioned = (version: string): ReturnType<typeof healthyDeviceOn> =>
    healthyDeviceOn('android', enrolled('android', version, NOW));

  it.each([
    ['13', '13', undefined, 'compliant', 'compliant'],
    ['12.9', '13', undefined, 'noncompliant', 'osVersionTooOld'],
    ['5.1', '5.10', undefined, 'noncompliant', 'osVersionTooOld'],
    ['15', undefined, '15', 'compliant', 'compliant'],
    ['15.0.1', undefined, '15', 'noncompliant', 'osVersionTooNew'],
    ['14', '13', '15', 'compliant', 'compliant'],
    ['Tiramisu', '13', undefined, 'error', 'settingInError'],
  ])('evaluate %s between %s and %s as %s: %s', (version, minimum, maximum, state, code) => {
    const configuration = given({
      policy: {
        ...defined({ osMinimumVersion: minimum, osMaximumVersion: maximum }),
      },
    });
    const device = versioned(version);
    expect(stateAndCodes({ device }, configuration, NOW).slice(0, 2)).toEqual([state, code]);
  });

  it('use the newest version, from the enrolment or from SEP Mobile', () => {
    const configuration = given({ policy: { osMinimumVersion: '15' } });
    const updated = signalOf(
      { type: 'telemetryReported', telemetry: { vulnerability: { osVersion: '15.0.1' } } },
      NOW,
    );
    const device = deviceOf(
      enrolled('android', '14'),
      signalOf({ type: 'activated' }, BEFORE),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
      updated,
    );
    expect(stateAndCodes({ device }, configuration, NOW)[0]).toBe('compliant');
    const later = '2026-01-01T12:10:01.000Z';
    const again = healthyDeviceOn('android', updated, enrolled('android', '14', later));
    expect(stateAndCodes({ device: again }, configuration, later)).toContain('osVersionTooOld');
  });

  it.each(['', ' ', 'UpsideDownCake'])('use the last version that can be read, not `%s`', (odd) => {
    const configuration = given({ policy: { osMinimumVersion: '15' } });
    const report = (osVersion: string, at: string): DeviceSignal =>
      signalOf({ type: 'telemetryReported', telemetry: { vulnerability: { osVersion } } }, at);
    const later = addSeconds(NOW, 1);
    const stateOf = (device: Device): readonly string[] =>
      stateAndCodes({ device }, configuration, later).slice(0, 2);
    const old = healthyDeviceOn('android', enrolled('android', '14', NOW), report(odd, later));
    expect(stateOf(old)).toEqual(['noncompliant', 'osVersionTooOld']);
    const reportedNew = healthyDeviceOn(
      'android',
      report('15', NOW),
      enrolled('android', odd, later),
    );
    expect(stateOf(reportedNew)).toEqual(['compliant', 'compliant']);
  });

  it.each([
    ['2026-01-05', 'compliant', 'compliant'],
    ['2026-01-01', 'noncompliant', 'securityPatchLevelTooOld'],
    ['January 2026', 'noncompliant', 'settingNotReported'],
    ['', 'noncompliant', 'settingNotReported'],
    [undefined, 'noncompliant', 'settingNotReported'],
  ])('evaluate the security patch level %s as %s: %s', (level, state, code) => {
    const configuration = given({ policy: { minAndroidSecurityPatchLevel: '2026-01-05' } });
    const vulnerability = level === undefined ? {} : { securityPatchLevel: level };
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'telemetryReported', telemetry: { vulnerability } }),
    );
    expect(stateAndCodes({ device }, configuration, NOW).slice(0, 2)).toEqual([state, code]);
  });

  it.each([
    ['4.4.4', false, 'noncompliant', 'osVersionUnsupported'],
    ['4.4.4', true, 'noncompliant', 'osVersionUnsupported'],
    ['5.0', false, 'compliant', 'compliant'],
    ['5.0', true, 'compliant', 'compliant'],
    ['5.0.2', true, 'compliant', 'compliant'],
  ])(
    'know the versions that SEP Mobile does not support: %s, blocked: %s, is %s',
    (version, isBlocked, state, code) => {
      const configuration = given({ connector: { partnerUnsupportedOsVersionBlocked: isBlocked } });
      const device = versioned(version);
      expect(stateAndCodes({ device }, configuration, NOW).slice(0, 2)).toEqual([state, code]);
      const lenient = given({
        connector: {
          partnerUnsupportedOsVersionBlocked: isBlocked,
          androidDeviceBlockedOnMissingPartnerData: false,
        },
      });
      const expected = isBlocked && state === 'noncompliant' ? 'noncompliant' : 'compliant';
      expect(stateAndCodes({ device }, lenient, NOW)[0]).toBe(expected);
    },
  );
});

describe('an unreadable version', () => {
  it('is an error if unsupported versions are blocked', () => {
    const device = deviceOf(
      enrolled('android', 'no version'),
      signalOf({ type: 'activated' }, BEFORE),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, BEFORE),
    );
    const connector = { partnerUnsupportedOsVersionBlocked: true };
    expect(stateAndCodes({ device }, given({ connector }), NOW).slice(0, 2)).toEqual([
      'error',
      'settingInError',
    ]);
  });
});
