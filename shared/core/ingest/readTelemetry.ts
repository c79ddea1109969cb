import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { Compile } from 'typebox/compile';
import { defined } from '../../base/defined.ts';
import { readShape } from '../../base/validation/checkShape.ts';
import { toReportFault, type ReportFault } from '../../domain/vocabulary/reportFault.ts';
import type {
  ApplicationTelemetry,
  Doubtful,
  InstalledApplication,
  Telemetry,
  VulnerabilityTelemetry,
} from '../../domain/vocabulary/signal.ts';
import { APP_VERDICTS, DEFENCES, type Defence } from '../../domain/vocabulary/threat.ts';
import {
  APP_SOURCES,
  TelemetryProperties,
  TLS_INTERCEPTIONS,
  WIFI_SECURITIES,
} from '../schemas/telemetrySchemas.ts';
import { createPartReader, type PartReader } from './partReader.ts';

/** The defences of a telemetry report, as far as they can be read. */
export interface ReadTelemetry {
  readonly telemetry: Telemetry;
  /** The defences of which nothing can be read. */
  readonly unreadable: readonly { readonly defence: Defence; readonly fault: ReportFault }[];
  readonly problems: PartReader['problems'];
  readonly hasFaults: boolean;
}

type Fields = JsonObject;

const VALIDATORS = {
  physical: Compile(TelemetryProperties.physical),
  network: Compile(TelemetryProperties.network),
  application: Compile(TelemetryProperties.application),
  vulnerability: Compile(TelemetryProperties.vulnerability),
};

const READERS: Readonly<
  Record<Defence, (report: Fields, reader: PartReader) => object | undefined>
> = { physical, network, application, vulnerability };

/** Reads a report defence by defence, and a defence that its schema rejects field by field. */
export function readTelemetry(report: Fields): ReadTelemetry {
  const telemetry: Record<string, object> = {};
  const unreadable: { defence: Defence; fault: ReportFault }[] = [];
  const problems: PartReader['problems'][number][] = [];
  let hasFaults = false;
  for (const defence of DEFENCES) {
    const value = report[defence];
    if (value === undefined || value === null) continue;
    const reader = createPartReader();
    const read = readDefence(defence, value, reader);
    if (read === undefined || reader.unreadable.length > 0) {
      const [part = value] = reader.unreadable;
      unreadable.push({ defence, fault: toReportFault(defence, part) });
      // The fault keeps the rest of the report from counting as a readable one.
      reader.addFault(defence, part);
    }
    problems.push(...reader.problems);
    hasFaults ||= reader.faults.length > 0;
    if (read !== undefined)
      telemetry[defence] = reader.faults.length === 0 ? read : { ...read, faults: reader.faults };
  }
  return { telemetry, unreadable, problems, hasFaults };
}

function readDefence(defence: Defence, value: unknown, reader: PartReader): object | undefined {
  const whole = readShape<object>(VALIDATORS[defence], value);
  if (whole !== undefined) return whole;
  const report = asJsonObject(value);
  const read = report && READERS[defence](report, reader);
  if (read === undefined) reader.addProblem(`/${defence}`, 'must be object');
  return read;
}

/** Reads flags; the value of an unreadable one is the worse of the two. */
function flags<K extends string>(
  defence: Defence,
  report: Fields,
  reader: PartReader,
  worst: Readonly<Record<K, boolean>>,
): Partial<Record<K, boolean>> {
  const read = Object.entries<boolean>(worst).map(([name, bad]) => [
    name,
    reader.flag({
      path: `/${defence}/${name}`,
      field: `${defence}.${name}`,
      value: report[name],
      worst: bad,
    }),
  ]);
  return defined(Object.fromEntries(read) as object) as Partial<Record<K, boolean>>;
}

function physical(report: Fields, reader: PartReader): object {
  return flags('physical', report, reader, {
    passcodeEnabled: false,
    storageEncrypted: false,
    jailbrokenOrRooted: true,
    developerMode: true,
    usbDebugging: true,
    unknownSources: true,
  });
}

function network(report: Fields, reader: PartReader): object {
  const text = (name: string): string | undefined =>
    reader.text({ path: `/network/${name}`, value: report[name] });
  const word = <T extends string>(name: string, words: readonly T[]): T | undefined =>
    reader.word({ path: `/network/${name}`, field: `network.${name}`, value: report[name], words });
  return {
    ...flags('network', report, reader, {
      connected: true,
      arpSpoofing: true,
      rogueAccessPoint: true,
      untrustedProfile: true,
    }),
    ...defined({
      ssid: text('ssid'),
      bssid: text('bssid'),
      security: word('security', WIFI_SECURITIES),
      tlsInterception: reader.word({
        path: '/network/tlsInterception',
        field: 'network.tlsInterception',
        value: report['tlsInterception'],
        words: TLS_INTERCEPTIONS,
        worst: 'stripping',
      }),
    }),
  };
}

function application(report: Fields, reader: PartReader): ApplicationTelemetry | undefined {
  const { installed } = report;
  if (installed === undefined || installed === null) return {};
  if (!Array.isArray(installed)) return undefined;
  const apps = (installed as unknown[]).map((app, at) => readApp(app, at, reader));
  return { installed: apps.flat() };
}

function readApp(value: unknown, at: number, reader: PartReader): readonly InstalledApplication[] {
  const path = `/application/installed/${String(at)}`;
  const app = asJsonObject(value);
  if (app === undefined) return unreadableEntry(value, path, reader);
  const text = (name: string): string | undefined =>
    reader.text({ path: `${path}/${name}`, value: app[name] });
  const name = text('name');
  const verdict = reader.word({
    path: `${path}/verdict`,
    field: 'application.verdict',
    value: app['verdict'],
    words: APP_VERDICTS,
    worst: 'malware',
  });
  const source = reader.word({
    path: `${path}/source`,
    field: 'application.source',
    value: app['source'],
    words: APP_SOURCES,
  });
  const { word } = toReportFault('application.verdict', app['verdict']);
  const isUnknown = verdict === 'malware' && word.toLowerCase() !== verdict;
  const bundleId = text('bundleId');
  if (bundleId === undefined) reader.addProblem(`${path}/bundleId`, 'is required');
  return [
    {
      bundleId: bundleId ?? name ?? 'unnamed',
      ...defined({
        version: text('version'),
        source,
        verdict,
        name,
        verdictWord: isUnknown ? word : undefined,
      }),
    },
  ];
}

function vulnerability(report: Fields, reader: PartReader): VulnerabilityTelemetry | undefined {
  const { cves } = report;
  const text = (name: string): string | undefined =>
    reader.text({ path: `/vulnerability/${name}`, value: report[name] });
  if (cves !== undefined && cves !== null && !Array.isArray(cves)) return undefined;
  return {
    ...flags('vulnerability', report, reader, { updateAvailable: true }),
    ...defined({
      osVersion: text('osVersion'),
      securityPatchLevel: text('securityPatchLevel'),
      cves: (cves as readonly unknown[] | null | undefined)?.flatMap((cve, at) =>
        readCve(cve, at, reader),
      ),
    }),
  };
}

/** An entry that is no object may be the threat of the list, so it marks the defence. */
function unreadableEntry(value: unknown, path: string, reader: PartReader): readonly never[] {
  if (value === null) return [];
  reader.addProblem(path, 'must be object');
  reader.addUnreadable(value);
  return [];
}

type Cve = NonNullable<VulnerabilityTelemetry['cves']>[number];
const MAX_CVSS = 10;

/** A vulnerability without a readable score counts as the worst: its severity may be in a word that is not known here. */
function readCve(value: unknown, at: number, reader: PartReader): readonly Cve[] {
  const path = `/vulnerability/cves/${String(at)}`;
  const cve = asJsonObject(value);
  if (cve === undefined) return unreadableEntry(value, path, reader);
  const id = reader.text({ path: `${path}/id`, value: cve['id'] }) ?? 'unnamed';
  const score = cve['cvss'];
  const cvss = typeof score === 'string' && score.trim() !== '' ? Number(score) : score;
  const isNumber = typeof cvss === 'number' && cvss >= 0;
  if (!isNumber || cvss > MAX_CVSS)
    reader.addProblem(`${path}/cvss`, 'must be a number from 0 to 10');
  if (isNumber) return [{ id, cvss: Math.min(cvss, MAX_CVSS) }];
  reader.addFault('vulnerability.cvss', score);
  return [{ id, cvss: MAX_CVSS, cvssWord: toReportFault('vulnerability.cvss', score).word }];
}

/** The telemetry with `fault` on each defence. */
export function withFault(telemetry: Telemetry, fault: ReportFault): Telemetry {
  return Object.fromEntries(
    Object.entries(telemetry).map(([defence, report]: [string, Doubtful]) => [
      defence,
      { ...report, faults: [...(report.faults ?? []), fault] },
    ]),
  );
}
