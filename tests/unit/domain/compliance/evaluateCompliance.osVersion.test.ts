import { describe, expect, it } from 'vitest';
import { compareOsVersions } from '../../../../shared/domain/vocabulary/osVersion.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, stateAndCodes, healthyDeviceOn } from '../../../support/given.ts';

describe('versions of operating systems', () => {
  it.each([
    ['4.1', 'is older than', '4.10'],
    ['4.2', 'is older than', '4.10'],
    ['9', 'is older than', '10'],
    ['16', 'is the same as', '16.0'],
    ['16.0', 'is the same as', '16.0.0'],
    ['16.0.1', 'is older than', '16.0.1 (a)'],
    ['16.0.1 (a)', 'is older than', '16.0.1 (b)'],
    ['16.0.1 (a)', 'is older than', '16.0.2'],
    ['16.0.1(a)', 'is the same as', '16.0.1 (A)'],
    ['Android 14', 'is the same as', '14'],
    ['iOS 18.1', 'is older than', '18.1.1'],
    ['iPadOS 18.1', 'is the same as', 'iOS 18.1'],
    ['08', 'is the same as', '8'],
    ['1.0.0.0.1', 'is older than', '1.0.0.0.2'],
    ['', 'cannot be compared with', '1'],
    ['1.', 'cannot be compared with', '1'],
    ['1..2', 'cannot be compared with', '1'],
    ['-1', 'cannot be compared with', '1'],
    ['1e3', 'cannot be compared with', '1'],
    ['16.0.1 (ab)', 'cannot be compared with', '16'],
    ['1.2.3.4.5.6.7', 'cannot be compared with', '1'],
    ['99999999999', 'cannot be compared with', '1'],
    ['Tiramisu', 'cannot be compared with', '13'],
  ])('%s %s %s', (a, relation, b) => {
    const words = (order: number | undefined): string => {
      if (order === undefined) return 'cannot be compared with';
      return order === 0 ? 'is the same as' : order < 0 ? 'is older than' : 'is newer than';
    };
    expect(words(compareOsVersions(a, b))).toBe(relation);
    const turned = relation.replace('older', 'newer');
    expect(words(compareOsVersions(b, a))).toBe(turned);
  });
});

describe('the limits of a policy on the version', () => {
  const versioned = (version: string): ReturnType<typeof healthyDeviceOn> =>
    healthyDeviceOn('android', enrolled('android', version, NOW));

  it.each([
    ['13', '13', undefined, 'compliant', 'compliant'],
    ['12.9', '13', undefined, 'noncompliant', 'osVersionTooOld'],
    ['4.1', '4.10', undefined, 'noncompliant', 'osVersionTooOld'],
    ['15', undefined, '15', 'compliant', 'compliant'],
    ['15.0.1', undefined, '15', 'noncompliant', 'osVersionTooNew'],
    ['14', '13', '15', 'compliant', 'compliant'],
    ['Tiramisu', '13', undefined, 'error', 'settingInError'],
  ])('find %s between %s and %s %s: %s', (version, minimum, maximum, state, code) => {
    const configuration = given({
      policy: {
        ...(minimum === undefined ? {} : { osMinimumVersion: minimum }),
        ...(maximum === undefined ? {} : { osMaximumVersion: maximum }),
      },
    });
    const device = versioned(version);
    expect(stateAndCodes({ device }, configuration, NOW).slice(0, 2)).toEqual([state, code]);
  });

  it('believe whoever looked last: the enrolment or SEP Mobile', () => {
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

  it.each([
    ['2026-01-05', 'compliant', 'compliant'],
    ['2026-01-01', 'noncompliant', 'securityPatchLevelTooOld'],
    ['January 2026', 'error', 'settingInError'],
    [undefined, 'noncompliant', 'settingNotReported'],
  ])('find the security patch level %s %s: %s', (level, state, code) => {
    const configuration = given({ policy: { minAndroidSecurityPatchLevel: '2026-01-05' } });
    const vulnerability = level === undefined ? {} : { securityPatchLevel: level };
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'telemetryReported', telemetry: { vulnerability } }),
    );
    expect(stateAndCodes({ device }, configuration, NOW).slice(0, 2)).toEqual([state, code]);
  });

  it.each([
    ['4.0.4', false, 'noncompliant', 'osVersionUnsupported'],
    ['4.0.4', true, 'noncompliant', 'osVersionUnsupported'],
    ['4.1', false, 'compliant', 'compliant'],
    ['4.1', true, 'compliant', 'compliant'],
    ['4.1.1', true, 'compliant', 'compliant'],
  ])(
    'know what SEP Mobile does not run on: %s, blocked %s: %s',
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
