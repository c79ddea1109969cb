import { describe, expect, it } from 'vitest';
import { assessRisk } from '../../../../shared/domain/threats/assessRisk.ts';
import { TELEMETRY_THREAT_TYPES } from '../../../../shared/domain/threats/findThreats.ts';
import type { Telemetry } from '../../../../shared/domain/vocabulary/signal.ts';
import { signalOf } from '../../../support/signals.ts';
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
  [
    'unencrypted storage',
    { physical: { storageEncrypted: false } },
    ['storageUnencrypted: medium'],
  ],
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
    'no threat of a network that the device has left',
    { network: { connected: false, arpSpoofing: true, security: 'open' } },
    [],
  ],
  [
    'an untrusted profile while disconnected',
    { network: { connected: false, untrustedProfile: true } },
    ['untrustedProfile: high'],
  ],
  ['malware', app({ verdict: 'malware' }), ['malware: high']],
  ['a suspicious app', app({ verdict: 'suspicious' }), ['suspiciousApp: medium']],
  ['an unwanted app', app({ verdict: 'unwanted' }), ['unwantedApp: low']],
  ['a sideloaded app', app({ source: 'sideloaded' }), ['sideloadedApp: medium']],
  ['no threat in a clean sideloaded app', app({ source: 'sideloaded', verdict: 'clean' }), []],
  ['no threat in a clean app', app({ source: 'store', verdict: 'clean' }), []],
  ['CVSS 10', weakness(10), ['criticalVulnerability: high']],
  ['CVSS 9.0', weakness(9), ['criticalVulnerability: high']],
  ['CVSS 8.9', weakness(8.9), ['highVulnerability: medium']],
  ['CVSS 7.0', weakness(7), ['highVulnerability: medium']],
  ['CVSS 6.9', weakness(6.9), ['mediumVulnerability: low']],
  ['CVSS 4.0', weakness(4), ['mediumVulnerability: low']],
  ['no threat at CVSS 3.9', weakness(3.9), []],
  ['an available update', { vulnerability: { updateAvailable: true } }, ['osUpdateAvailable: low']],
  [
    'no threat in empty telemetry',
    { physical: {}, network: {}, application: {}, vulnerability: {} },
    [],
  ],
];

describe('the threats in telemetry', () => {
  it.each(SHOWN)('include %s', (_, telemetry, expected) => {
    expect(threatsIn(telemetry)).toEqual(expected);
  });

  it('cover every type that telemetry can show', () => {
    const shown = SHOWN.flatMap(([, , threats]) => threats.map((each) => each.split(':')[0]));
    expect(new Set(shown)).toEqual(new Set(TELEMETRY_THREAT_TYPES));
  });
});
