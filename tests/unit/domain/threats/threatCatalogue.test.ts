import { describe, expect, it } from 'vitest';
import { assessRisk } from '../../../../shared/domain/threats/assessRisk.ts';
import { TELEMETRY_THREAT_TYPES } from '../../../../shared/domain/threats/findThreats.ts';
import { DEFENCES } from '../../../../shared/domain/vocabulary/threat.ts';
import {
  effectiveThreat,
  findThreat,
  THREAT_CATALOGUE,
  type ThreatOverride,
} from '../../../../shared/domain/threats/threatCatalogue.ts';
import { INCIDENT, signalOf } from '../../../support/signals.ts';
import { healthyDeviceOn } from '../../../support/given.ts';

describe('the threat catalogue', () => {
  it('has at least 30 types across the four defences, each once and with a signal', () => {
    expect(THREAT_CATALOGUE.length).toBeGreaterThanOrEqual(30);
    expect(new Set(THREAT_CATALOGUE.map(({ threatType }) => threatType)).size).toBe(
      THREAT_CATALOGUE.length,
    );
    expect([...new Set(THREAT_CATALOGUE.map(({ defence }) => defence))]).toEqual([...DEFENCES]);
    for (const { signal, description } of THREAT_CATALOGUE) {
      expect(signal).toMatch(/^incident/);
      expect(description).not.toBe('');
    }
  });

  it('marks exactly the types that telemetry shows', () => {
    const marked = THREAT_CATALOGUE.filter(({ signal }) => signal.includes('telemetry'));
    expect(new Set(marked.map(({ threatType }) => threatType))).toEqual(
      new Set(TELEMETRY_THREAT_TYPES),
    );
  });
});

describe('a threat override', () => {
  const override = (changes: Partial<ThreatOverride>): ThreatOverride => ({
    threatType: 'malware',
    version: 1,
    ...changes,
  });
  const levelWith = (overrides: readonly ThreatOverride[], severity: 'low' | 'high'): unknown => {
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'incidentReported', status: 'open', incident: { ...INCIDENT, severity } }),
    );
    return assessRisk(device, overrides).threatLevel;
  };

  it('takes precedence over the catalogue and the sender', () => {
    expect(levelWith([], 'low')).toBe('low');
    expect(levelWith([override({ severity: 'medium' })], 'high')).toBe('medium');
    expect(levelWith([override({ severity: 'secured' })], 'high')).toBe('secured');
  });

  it('leaves the severity to the sender if it sets none', () => {
    expect(levelWith([override({ remediationSteps: ['Call us.'] })], 'high')).toBe('high');
  });

  it('can require an administrator to repair a threat', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    const overrides = [override({ repairableBy: 'administrator' })];
    expect(assessRisk(device, overrides).appHealth).toBe('compromised');
  });

  it('cannot define a new type', () => {
    expect(findThreat('made-up')).toBeUndefined();
    expect(effectiveThreat('made-up', [override({ threatType: 'made-up' })])).toBeUndefined();
  });
});
