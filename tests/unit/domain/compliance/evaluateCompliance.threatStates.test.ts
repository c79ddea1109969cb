import { describe, expect, it } from 'vitest';
import type { Platform } from '../../../../shared/domain/compliance/configuration.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import {
  THREAT_CEILINGS,
  type PartnerReportedThreatState,
} from '../../../../shared/domain/vocabulary/threat.ts';
import { deviceOf, NOW, signalOf } from '../../../support/signals.ts';
import { BEFORE, enrolled, given, healthyDeviceOn } from '../../../support/given.ts';

const LONG_AGO = '2025-12-31T12:00:00.000Z';

/** A device in each of Graph's states. */
const DEVICES: Readonly<Record<PartnerReportedThreatState, (platform: Platform) => Device>> = {
  unknown: (platform) => deviceOf(enrolled(platform)),
  activated: (platform) => deviceOf(enrolled(platform), signalOf({ type: 'activated' }, BEFORE)),
  deactivated: (platform) => healthyDeviceOn(platform, signalOf({ type: 'deactivated' })),
  secured: (platform) => healthyDeviceOn(platform),
  lowSeverity: (platform) =>
    healthyDeviceOn(platform, signalOf({ type: 'riskReported', riskLevel: 'low' })),
  mediumSeverity: (platform) =>
    healthyDeviceOn(platform, signalOf({ type: 'riskReported', riskLevel: 'medium' })),
  highSeverity: (platform) =>
    healthyDeviceOn(platform, signalOf({ type: 'riskReported', riskLevel: 'high' })),
  unresponsive: (platform) =>
    deviceOf(
      enrolled(platform, '15', LONG_AGO),
      signalOf({ type: 'activated' }, LONG_AGO),
      signalOf({ type: 'riskReported', riskLevel: 'minimal' }, LONG_AGO),
    ),
  compromised: (platform) =>
    healthyDeviceOn(
      platform,
      signalOf({ type: 'riskReported', riskLevel: 'high', healthState: 'compromised' }),
    ),
  misconfigured: (platform) =>
    healthyDeviceOn(
      platform,
      signalOf({ type: 'riskReported', riskLevel: 'minimal', healthState: 'misconfigured' }),
    ),
};

/**
 * The state, the missing-data setting, and one letter per ceiling (secured, low, medium, high, notSet): `c` is
 * compliant, `n` is noncompliant. The rows follow Graph's two enums, Intune's levels and the missing-data setting.
 * A silent device fails the built-in policy under every ceiling.
 */
const TABLE: readonly [PartnerReportedThreatState, 'blocked' | 'allowed', string][] = [
  ['unknown', 'blocked', 'n n n n c'],
  ['unknown', 'allowed', 'c c c c c'],
  ['activated', 'blocked', 'n n n n c'],
  ['activated', 'allowed', 'n n n n c'],
  ['deactivated', 'blocked', 'n n n n c'],
  ['deactivated', 'allowed', 'c c c c c'],
  ['secured', 'blocked', 'c c c c c'],
  ['secured', 'allowed', 'c c c c c'],
  ['lowSeverity', 'blocked', 'n c c c c'],
  ['lowSeverity', 'allowed', 'n c c c c'],
  ['mediumSeverity', 'blocked', 'n n c c c'],
  ['mediumSeverity', 'allowed', 'n n c c c'],
  ['highSeverity', 'blocked', 'n n n c c'],
  ['highSeverity', 'allowed', 'n n n c c'],
  ['unresponsive', 'blocked', 'n n n n n'],
  ['unresponsive', 'allowed', 'n n n n n'],
  ['compromised', 'blocked', 'n n n n c'],
  ['compromised', 'allowed', 'n n n n c'],
  ['misconfigured', 'blocked', 'n n n n c'],
  ['misconfigured', 'allowed', 'c c c c c'],
];

const CASES = TABLE.flatMap(([state, missing, letters]) =>
  letters.split(' ').flatMap((letter, at) =>
    (['android', 'iOS'] as const).map((platform) => ({
      state,
      missing,
      platform,
      ceiling: THREAT_CEILINGS[at] ?? 'notSet',
      expected: letter === 'c' ? 'compliant' : 'noncompliant',
    })),
  ),
);

describe('the threat level of a policy', () => {
  it('has a case for every state, ceiling, missing-data setting and platform', () => {
    const combinations = Object.keys(DEVICES).length * THREAT_CEILINGS.length * 2 * 2;
    expect(CASES).toHaveLength(combinations);
  });

  it.each(CASES)(
    '$state under $ceiling on $platform, missing data $missing: $expected',
    ({ state, missing, platform, ceiling, expected }) => {
      const isBlocked = missing === 'blocked';
      const configuration = given({
        policy: { deviceThreatProtectionRequiredSecurityLevel: ceiling },
        connector: {
          androidDeviceBlockedOnMissingPartnerData: platform === 'android' ? isBlocked : !isBlocked,
          iosDeviceBlockedOnMissingPartnerData: platform === 'iOS' ? isBlocked : !isBlocked,
        },
      });
      const evaluation = evaluateCompliance(
        { device: DEVICES[state](platform) },
        configuration,
        NOW,
      );
      expect([evaluation.partnerReportedThreatState, evaluation.complianceState]).toEqual([
        state,
        expected,
      ]);
      if (expected === 'noncompliant') expect(evaluation.reasons).not.toEqual([]);
    },
  );
});

describe('a policy without threat protection', () => {
  it.each(['highSeverity', 'compromised', 'unknown'] as const)('accepts the state %s', (state) => {
    const configuration = given({ policy: { deviceThreatProtectionEnabled: false } });
    const { complianceState } = evaluateCompliance(
      { device: DEVICES[state]('android') },
      configuration,
      addSeconds(NOW, 1),
    );
    expect(complianceState).toBe('compliant');
  });
});
