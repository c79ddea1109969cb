import type { Device } from '../devices/device.ts';
import type { InstalledApplication, Telemetry } from '../vocabulary/signal.ts';

/** A threat in the telemetry, with the names of the apps, vulnerabilities or network that show it. */
export interface Finding {
  readonly threatType: string;
  readonly subjects: readonly string[];
}

/** `find` returns the subjects of one threat in the telemetry; `undefined` if it is absent. */
type Rule = readonly [
  threatType: string,
  find: (telemetry: Telemetry) => readonly string[] | undefined,
];

const CVSS_CRITICAL = 9;
const CVSS_HIGH = 7;
const CVSS_MEDIUM = 4;

/** One row for each threat that telemetry can show, in the order of the catalogue. Missing telemetry shows no threat. */
const RULES: readonly Rule[] = [
  flag('jailbrokenOrRooted', ({ physical }) => physical?.jailbrokenOrRooted === true),
  flag('passcodeDisabled', ({ physical }) => physical?.passcodeEnabled === false),
  flag('storageUnencrypted', ({ physical }) => physical?.storageEncrypted === false),
  flag('usbDebuggingEnabled', ({ physical }) => physical?.usbDebugging === true),
  flag('unknownSourcesEnabled', ({ physical }) => physical?.unknownSources === true),
  flag('developerModeEnabled', ({ physical }) => physical?.developerMode === true),
  // A network threat ends when the device leaves the network; a profile stays with the device.
  onNetwork('sslDecryption', ({ tlsInterception }) => tlsInterception === 'decryption'),
  onNetwork('sslStripping', ({ tlsInterception }) => tlsInterception === 'stripping'),
  onNetwork('arpSpoofing', ({ arpSpoofing }) => arpSpoofing === true),
  onNetwork('rogueAccessPoint', ({ rogueAccessPoint }) => rogueAccessPoint === true),
  onNetwork('weakWifiEncryption', ({ security }) => security === 'wep'),
  onNetwork('openWifi', ({ security }) => security === 'open'),
  flag('untrustedProfile', ({ network }) => network?.untrustedProfile === true),
  apps('malware', ({ verdict }) => verdict === 'malware'),
  apps('suspiciousApp', ({ verdict }) => verdict === 'suspicious'),
  apps('unwantedApp', ({ verdict }) => verdict === 'unwanted'),
  // An app that SEP Mobile itself found clean is no threat, wherever it came from.
  apps(
    'sideloadedApp',
    ({ source, verdict }) => source === 'sideloaded' && (verdict ?? 'unknown') === 'unknown',
  ),
  cves('criticalVulnerability', CVSS_CRITICAL, Infinity),
  cves('highVulnerability', CVSS_HIGH, CVSS_CRITICAL),
  cves('mediumVulnerability', CVSS_MEDIUM, CVSS_HIGH),
  flag('osUpdateAvailable', ({ vulnerability }) => vulnerability?.updateAvailable === true),
];

/** The threat types that telemetry can show. */
export const TELEMETRY_THREAT_TYPES: readonly string[] = RULES.map(([threatType]) => threatType);

/** The threats in the device's latest telemetry, in the order of the catalogue. */
export function findThreats(device: Device): readonly Finding[] {
  const telemetry: Telemetry = Object.fromEntries(
    (['physical', 'network', 'application', 'vulnerability'] as const).flatMap((defence) => {
      const report = device[defence];
      return report === undefined ? [] : [[defence, report.value]];
    }),
  );
  return RULES.flatMap(([threatType, find]) => {
    const subjects = find(telemetry);
    return subjects === undefined ? [] : [{ threatType, subjects }];
  });
}

function flag(threatType: string, isPresent: (telemetry: Telemetry) => boolean): Rule {
  return [threatType, (telemetry) => (isPresent(telemetry) ? [] : undefined)];
}

function onNetwork(
  threatType: string,
  isPresent: (network: NonNullable<Telemetry['network']>) => boolean,
): Rule {
  return [
    threatType,
    ({ network }) => {
      if (network === undefined || network.connected === false || !isPresent(network))
        return undefined;
      return network.ssid === undefined ? [] : [network.ssid];
    },
  ];
}

function apps(threatType: string, isPresent: (app: InstalledApplication) => boolean): Rule {
  return [
    threatType,
    ({ application }) => {
      const found = (application?.installed ?? []).filter(isPresent);
      return found.length === 0 ? undefined : found.map(({ name, bundleId }) => name ?? bundleId);
    },
  ];
}

function cves(threatType: string, from: number, below: number): Rule {
  return [
    threatType,
    ({ vulnerability }) => {
      const found = (vulnerability?.cves ?? []).filter(({ cvss }) => cvss >= from && cvss < below);
      return found.length === 0 ? undefined : found.map(({ id }) => id);
    },
  ];
}
