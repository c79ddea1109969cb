import {
  DeviceDataSchema,
  HeartbeatDataSchema,
  IncidentDataSchema,
  RiskDataSchema,
} from '../../../shared/core/ingest/eventSchemas.ts';
import { TelemetryReportSchema } from '../../../shared/core/ingest/fromTelemetry.ts';
import type { Dice } from '../fuzz/mutate.ts';
import { PHONE, type Json, type Moment } from './plan.ts';

/** The part of a JSON schema that samples and mutations follow. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema;
}

/** The schema of the data of each type of event. */
export const DATA_SCHEMAS: Readonly<Record<string, Schema>> = {
  'sepmobile.device.activated': DeviceDataSchema,
  'sepmobile.device.deactivated': DeviceDataSchema,
  'sepmobile.device.heartbeat': HeartbeatDataSchema,
  'sepmobile.device.risk': RiskDataSchema,
  'sepmobile.incident.opened': IncidentDataSchema,
  'sepmobile.incident.updated': IncidentDataSchema,
  'sepmobile.incident.resolved': IncidentDataSchema,
};
export const REPORT_SCHEMA: Schema = TelemetryReportSchema;

const EVENT_TYPES = [
  'sepmobile.device.risk',
  'sepmobile.incident.opened',
  'sepmobile.incident.updated',
  'sepmobile.incident.resolved',
  'sepmobile.device.risk',
  'sepmobile.incident.opened',
  'sepmobile.incident.resolved',
  'sepmobile.device.activated',
  'sepmobile.device.deactivated',
  'sepmobile.device.heartbeat',
];

/** Values of a phone without a threat. */
const HEALTHY: Json = {
  riskLevel: 'minimal',
  passcodeEnabled: true,
  storageEncrypted: true,
  jailbrokenOrRooted: false,
  developerMode: false,
  usbDebugging: false,
  unknownSources: false,
  connected: true,
  arpSpoofing: false,
  rogueAccessPoint: false,
  untrustedProfile: false,
  updateAvailable: false,
  security: 'wpa2',
  tlsInterception: 'none',
  verdict: 'clean',
  source: 'store',
  cvss: 2.1,
  osVersion: '15',
  securityPatchLevel: '2025-12-01',
  ssid: 'Café',
  bssid: '02:00:5e:00:53:09',
};

/** Values that are bad news, by field. */
const BAD_NEWS: Readonly<Record<string, readonly unknown[]>> = {
  riskLevel: ['low', 'medium', 'high'],
  healthState: ['compromised', 'misconfigured'],
  passcodeEnabled: [false],
  storageEncrypted: [false],
  jailbrokenOrRooted: [true],
  developerMode: [true],
  usbDebugging: [true],
  unknownSources: [true],
  arpSpoofing: [true],
  rogueAccessPoint: [true],
  untrustedProfile: [true],
  updateAvailable: [true],
  security: ['open', 'wep'],
  tlsInterception: ['decryption', 'stripping'],
  verdict: ['malware', 'suspicious', 'unwanted'],
  source: ['sideloaded'],
  cvss: [4, 7.5, 9.8],
};

const INCIDENT_IDS = ['incident-1', 'incident-2', '4711'];
const THREAT_TYPES = ['malware', 'manInTheMiddle', 'phishingSite', 'repackagedApp', 'ofTomorrow'];
const MANY = 40;

interface Wishes {
  readonly dice: Dice;
  readonly at: Moment;
  /** The share of fields with bad news. */
  readonly badShare: number;
}

/** A valid event of any type, in one of the two envelopes. `id` tells events apart. */
export function sampleEvent(
  dice: Dice,
  id: string,
  at: Moment,
  type = dice.pick(EVENT_TYPES),
): Json {
  const schema = DATA_SCHEMAS[type] ?? {};
  const data = sample(schema, 'data', { dice, at, badShare: dice.pick([0, 0, 0.5]) });
  const resolved = type === 'sepmobile.incident.resolved' ? { resolvedDateTime: at } : {};
  return toEvent(dice.random() < 0.7, { id, type, at, data: { ...(data as Json), ...resolved } });
}

/** An event in CloudEvents 1.0, or in Standard Webhooks. */
export function toEvent(
  isCloudEvent: boolean,
  {
    id,
    type,
    at,
    data,
  }: { readonly id: string; readonly type: string; readonly at: Moment; readonly data: Json },
): Json {
  return isCloudEvent
    ? {
        specversion: '1.0',
        id,
        source: 'https://sep-mobile.example/tenants/contoso',
        type,
        time: at,
        data,
      }
    : { type, timestamp: at, data };
}

/** A valid telemetry report. */
export function sampleReport(dice: Dice, at: Moment, badShare = dice.pick([0, 0, 0.12])): Json {
  return sample(REPORT_SCHEMA, 'report', { dice, at, badShare }) as Json;
}

function sample(schema: Schema, name: string, wishes: Wishes): unknown {
  const { dice, at, badShare } = wishes;
  if (name === 'deviceId') return PHONE;
  if (name === 'incidentId') return dice.pick(INCIDENT_IDS);
  if (name === 'threatType') return dice.pick(THREAT_TYPES);
  if (schema.format === 'date-time') return at;
  const bad = BAD_NEWS[name];
  if (bad !== undefined && dice.random() < badShare) return dice.pick(bad);
  if (name in HEALTHY) return HEALTHY[name];
  if (schema.enum !== undefined) return dice.pick(schema.enum);
  if (schema.type === 'object') return sampleObject(schema, name, wishes);
  if (schema.type === 'array') return sampleList(schema, wishes);
  return schema.type === 'string' ? `${name} of ${String(dice.whole(100))}` : 0;
}

function sampleObject(
  { properties = {}, required = [] }: Schema,
  own: string,
  wishes: Wishes,
): Json {
  const { dice, badShare } = wishes;
  const members = Object.entries(properties).filter(
    ([name]) => required.includes(name) || isWanted(name, own, dice, badShare),
  );
  return Object.fromEntries(members.map(([name, part]) => [name, sample(part, name, wishes)]));
}

/** A state of health and a time of resolution are rare, and would change what most events say. */
function isWanted(name: string, own: string, { random }: Dice, badShare: number): boolean {
  if (name === 'healthState') return random() < badShare / 2;
  if (name === 'resolvedDateTime') return random() < 0.15;
  return random() < (own === 'report' ? 0.5 : 0.7);
}

function sampleList({ items = {} }: Schema, wishes: Wishes): readonly unknown[] {
  const { dice } = wishes;
  const count = dice.random() < 0.1 ? MANY : dice.whole(4);
  return Array.from({ length: count }, (_, at) => ({
    ...(sample(items, 'entry', {
      ...wishes,
      badShare: wishes.badShare / Math.max(1, count / 4),
    }) as Json),
    ...(items.properties?.['bundleId'] === undefined
      ? {}
      : { bundleId: `com.example.app${String(at)}` }),
    ...(items.properties?.['cvss'] === undefined ? {} : { id: `CVE-2026-${String(1000 + at)}` }),
  }));
}
