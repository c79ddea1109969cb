import { describe, expect, it } from 'vitest';
import { assessRisk } from '../../../../shared/domain/threats/assessRisk.ts';
import { TELEMETRY_THREAT_TYPES } from '../../../../shared/domain/threats/findThreats.ts';
import type { Telemetry } from '../../../../shared/domain/vocabulary/signal.ts';
import { DEFENCES } from '../../../../shared/domain/vocabulary/threat.ts';
import {
  effectiveThreat,
  findThreat,
  THREAT_CATALOGUE,
  type ThreatOverride,
} from '../../../../shared/domain/threats/threatCatalogue.ts';
import { deviceOf, INCIDENT, signalOf } from '../../../support/signals.ts';
import { healthyDeviceOn } from '../../../support/given.ts';

const threatsIn = (telemetry: Telemetry): readonly string[] =>
  assessRisk(
    healthyDeviceOn('android', signalOf({ type: 'telemetryReported', telemetry })),
    [],
  ).threats.map(({ threatType, level }) => `${threatType}: ${level}`);
const app = (changes: object): Telemetry => ({
  application: { installed: [{ bundleId: 'x.y', ...changes }] },
});
const weakness = (cvss: number): Telemetry => ({
  vulnerability: { cves: [{ id: 'CVE-1', cvss }] },
});

const SHOWN: readonly [string, Telemetry, readonly string[]][] = [
  ['a jailbreak', { physical: { jailbrokenOrRooted: true } }, ['jailbrokenOrRooted: high']],
  ['no passcode', { physical: { passcodeEnabled: false } }, ['passcodeDisabled: medium']],
  ['clear storage', { physical: { storageEncrypted: false } }, ['storageUnencrypted: medium']],
  ['USB debugging', { physical: { usbDebugging: true } }, ['usbDebuggingEnabled: medium']],
  ['unknown sources', { physical: { unknownSources: true } }, ['unknownSourcesEnabled: medium']],
  ['developer mode', { physical: { developerMode: true } }, ['developerModeEnabled: low']],
  ['decryption', { network: { tlsInterception: 'decryption' } }, ['sslDecryption: high']],
  ['stripping', { network: { tlsInterception: 'stripping' } }, ['sslStripping: high']],
  ['ARP spoofing', { network: { arpSpoofing: true } }, ['arpSpoofing: high']],
  ['a rogue access point', { network: { rogueAccessPoint: true } }, ['rogueAccessPoint: high']],
  ['a profile', { network: { untrustedProfile: true } }, ['untrustedProfile: high']],
  ['WEP', { network: { security: 'wep' } }, ['weakWifiEncryption: low']],
  ['an open Wi-Fi', { network: { security: 'open' } }, ['openWifi: low']],
  [
    'a network that was left',
    { network: { connected: false, arpSpoofing: true, security: 'open' } },
    [],
  ],
  [
    'a profile off the network',
    { network: { connected: false, untrustedProfile: true } },
    ['untrustedProfile: high'],
  ],
  ['malware', app({ verdict: 'malware' }), ['malware: high']],
  ['a suspicious app', app({ verdict: 'suspicious' }), ['suspiciousApp: medium']],
  ['an unwanted app', app({ verdict: 'unwanted' }), ['unwantedApp: low']],
  ['a sideloaded app', app({ source: 'sideloaded' }), ['sideloadedApp: medium']],
  ['a sideloaded app that was found clean', app({ source: 'sideloaded', verdict: 'clean' }), []],
  ['a clean app', app({ source: 'store', verdict: 'clean' }), []],
  ['CVSS 10', weakness(10), ['criticalVulnerability: high']],
  ['CVSS 9.0', weakness(9), ['criticalVulnerability: high']],
  ['CVSS 8.9', weakness(8.9), ['highVulnerability: medium']],
  ['CVSS 7.0', weakness(7), ['highVulnerability: medium']],
  ['CVSS 6.9', weakness(6.9), ['mediumVulnerability: low']],
  ['CVSS 4.0', weakness(4), ['mediumVulnerability: low']],
  ['CVSS 3.9', weakness(3.9), []],
  ['an update', { vulnerability: { updateAvailable: true } }, ['osUpdateAvailable: low']],
  ['nothing', { physical: {}, network: {}, application: {}, vulnerability: {} }, []],
];

describe('the threat catalogue', () => {
  it('holds at least 30 types over the four defences, each once and with a signal', () => {
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

  it('says of a type that shows in telemetry that it does, and of no other', () => {
    const said = THREAT_CATALOGUE.filter(({ signal }) => signal.includes('telemetry'));
    expect(new Set(said.map(({ threatType }) => threatType))).toEqual(
      new Set(TELEMETRY_THREAT_TYPES),
    );
  });

  it.each(SHOWN)('sees %s', (_, telemetry, expected) => {
    expect(threatsIn(telemetry)).toEqual(expected);
  });

  it('is tried with every type that telemetry can show', () => {
    const shown = SHOWN.flatMap(([, , threats]) => threats.map((each) => each.split(':')[0]));
    expect(new Set(shown)).toEqual(new Set(TELEMETRY_THREAT_TYPES));
  });

  it('keeps the worst of each defence, and the worst of all for the device', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({
        type: 'telemetryReported',
        telemetry: {
          physical: { developerMode: true, passcodeEnabled: false },
          network: { security: 'open' },
          vulnerability: { updateAvailable: true },
        },
      }),
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    const { byDefence, threatLevel, reasons } = assessRisk(device, []);
    expect(byDefence).toEqual({
      physical: 'medium',
      network: 'low',
      application: 'high',
      vulnerability: 'low',
    });
    expect(threatLevel).toBe('high');
    expect(reasons.map(({ code, category }) => [code, category])).toEqual([
      ['incidentOpen', 'application'],
      ['threatDetected', 'physical'],
      ['threatDetected', 'physical'],
      ['threatDetected', 'network'],
      ['threatDetected', 'vulnerability'],
    ]);
  });

  it('takes a jailbreak for a compromised device, which its user cannot repair', () => {
    const device = deviceOf(
      signalOf({
        type: 'telemetryReported',
        telemetry: { physical: { jailbrokenOrRooted: true } },
      }),
    );
    expect(assessRisk(device, []).threatState).toBe('compromised');
  });
});

describe('what an organisation says otherwise', () => {
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

  it('wins over the catalogue and over the sender', () => {
    expect(levelWith([], 'low')).toBe('low');
    expect(levelWith([override({ severity: 'medium' })], 'high')).toBe('medium');
    expect(levelWith([override({ severity: 'secured' })], 'high')).toBe('secured');
  });

  it('leaves the severity to the sender where it says nothing about it', () => {
    expect(levelWith([override({ remediationSteps: ['Call us.'] })], 'high')).toBe('high');
  });

  it('can hand a threat over to an administrator', () => {
    const device = healthyDeviceOn(
      'android',
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    );
    const overrides = [override({ repairableBy: 'administrator' })];
    expect(assessRisk(device, overrides).appHealth).toBe('compromised');
  });

  it('cannot make up a type', () => {
    expect(findThreat('made-up')).toBeUndefined();
    expect(effectiveThreat('made-up', [override({ threatType: 'made-up' })])).toBeUndefined();
  });
});
