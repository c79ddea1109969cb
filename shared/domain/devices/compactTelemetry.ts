import { boundText } from '../../base/boundText.ts';
import { defined } from '../../base/defined.ts';
import type {
  ApplicationTelemetry,
  InstalledApplication,
  NetworkTelemetry,
  Telemetry,
  VulnerabilityTelemetry,
} from '../vocabulary/signal.ts';

/** A reason names three, and says that there are others. More of the same kind change no evaluation. */
const MAX_NAMED = 4;
const MAX_KINDS = 8;
const MAX_NAME_BYTES = 96;
const MAX_TEXT_BYTES = 64;
/** Below this score a vulnerability is no threat of the catalogue. */
const CVSS_MEDIUM = 4;

/**
 * The parts of a telemetry report that an evaluation can use: flags, versions, and of apps and vulnerabilities the named
 * threats. A device record is small, whatever the device has installed. Idempotent.
 */
export function compactTelemetry(telemetry: Telemetry): Telemetry {
  const { physical, network, application, vulnerability } = telemetry;
  return defined({
    physical,
    network: network && compactNetwork(network),
    application: application && compactApplication(application),
    vulnerability: vulnerability && compactVulnerability(vulnerability),
  });
}

function compactNetwork({ ssid, bssid, ...flags }: NetworkTelemetry): NetworkTelemetry {
  return { ...flags, ...defined({ ssid: bounded(ssid), bssid: bounded(bssid) }) };
}

function compactApplication({ installed, ...rest }: ApplicationTelemetry): ApplicationTelemetry {
  if (installed === undefined) return rest;
  const threats = installed
    .filter(isThreat)
    .map(compactApp)
    .toSorted((a, b) => Number(a.verdictWord !== undefined) - Number(b.verdictWord !== undefined));
  return { ...rest, installed: firstOfEach(threats, kindOfApp) };
}

function isThreat({ source, verdict }: InstalledApplication): boolean {
  return verdict === undefined ? source === 'sideloaded' : verdict !== 'clean';
}

/** An unknown word has a kind of its own, and comes last, so it crowds out no app with a known verdict. */
function kindOfApp({ source, verdict, verdictWord }: InstalledApplication): string {
  return `${verdict ?? source ?? ''} ${verdictWord ?? ''}`;
}

function compactApp(app: InstalledApplication): InstalledApplication {
  const { bundleId, version, source, verdict, verdictWord, name } = app;
  return {
    bundleId: boundText(bundleId, MAX_NAME_BYTES, MAX_NAME_BYTES),
    ...defined({
      version: bounded(version),
      source,
      verdict,
      verdictWord,
      name: name === undefined ? undefined : boundText(name, MAX_NAME_BYTES, MAX_NAME_BYTES),
    }),
  };
}

function compactVulnerability(report: VulnerabilityTelemetry): VulnerabilityTelemetry {
  const { osVersion, securityPatchLevel, cves, ...flags } = report;
  const threats = cves
    ?.filter(({ cvss }) => cvss >= CVSS_MEDIUM)
    .map(({ id, cvss, cvssWord }) => ({
      id: boundText(id, MAX_TEXT_BYTES, MAX_TEXT_BYTES),
      cvss,
      ...defined({ cvssWord }),
    }))
    .toSorted(
      (a, b) =>
        Number(a.cvssWord !== undefined) - Number(b.cvssWord !== undefined) || b.cvss - a.cvss,
    );
  return {
    ...flags,
    ...defined({
      osVersion: bounded(osVersion),
      securityPatchLevel: bounded(securityPatchLevel),
      cves: threats && firstOfEach(threats, ({ cvss, cvssWord }) => band(cvss, cvssWord)),
    }),
  };
}

function band(cvss: number, word = ''): string {
  if (cvss >= 9) return `critical ${word}`;
  return cvss >= 7 ? `high ${word}` : `medium ${word}`;
}

/** Of each kind the first few, with few kinds: unknown words beyond them count like the last kept one. */
function firstOfEach<T>(entries: readonly T[], kindOf: (entry: T) => string): readonly T[] {
  const counts = new Map<string, number>();
  const kept = entries.filter((entry) => {
    const kind = kindOf(entry);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count < MAX_NAMED && (count > 0 || counts.size <= MAX_KINDS);
  });
  return kept.length === entries.length ? entries : kept;
}

function bounded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : boundText(text, MAX_TEXT_BYTES, MAX_TEXT_BYTES);
}
