import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyAccessPolicies } from '../../../../shared/domain/access/applyAccessPolicies.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { createDevice, type Device } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { THREAT_CEILINGS } from '../../../../shared/domain/vocabulary/threat.ts';
import { history } from '../../../support/arbitraries.ts';
import { given, stateAndCodes } from '../../../support/given.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

describe('evaluateCompliance: a worse fact never improves the answer', () => {
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
          const configuration = given({
            policy: { deviceThreatProtectionRequiredSecurityLevel: ceiling },
            connector: { androidDeviceBlockedOnMissingPartnerData: blocked },
          });
          // A pending first assessment is worse than any verdict that ends it, so the device starts assessed.
          const assessed = signalOf(
            { type: 'riskReported', riskLevel: 'minimal' },
            '2026-01-01T11:59:00.000Z',
          );
          const before = mergeSignals(createDevice('phone-1'), [...signals, assessed, enrolled]);
          fc.pre(before.activated === undefined && before.deactivated === undefined);
          fc.pre(before.verdict?.value.healthState === undefined);
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

  it('holds for a deactivation', () => {
    fc.assert(
      fc.property(history, (signals) => {
        const before = mergeSignals(createDevice('phone-1'), [...signals, enrolled]);
        const after = mergeSignals(before, [signalOf({ type: 'deactivated' })]);
        const configuration = given({
          connector: { androidDeviceBlockedOnMissingPartnerData: true },
        });
        if (stateAndCodes({ device: before }, configuration, NOW)[0] !== 'compliant') {
          expect(stateAndCodes({ device: after }, configuration, NOW)[0]).not.toBe('compliant');
        }
      }),
    );
  });
});
