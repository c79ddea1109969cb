import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Arrival } from '../../../../shared/core/ingest/arrival.ts';
import { fromSepMobileEvent } from '../../../../shared/core/ingest/fromSepMobileEvent.ts';
import { fromTelemetry } from '../../../../shared/core/ingest/fromTelemetry.ts';
import type { Parsed } from '../../../../shared/core/ingest/parsed.ts';
import { applyAccessPolicies } from '../../../../shared/domain/access/applyAccessPolicies.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { tidyDevice } from '../../../../shared/domain/devices/tidyDevice.ts';
import { SAMPLE } from '../../../support/given.ts';
import { healthyDevice, NOW } from '../../../support/signals.ts';

const TIME = addSeconds(NOW, 60);
const ARRIVAL: Arrival = { receivedDateTime: TIME, requestId: 'request', index: 0 };
const FUTURE = addSeconds(TIME, 24 * 60 * 60);

type Json = Readonly<Record<string, unknown>>;

function decide(device: Device, policies = SAMPLE): 'allow' | 'block' {
  const now = addSeconds(TIME, 1);
  const evaluation = evaluateCompliance({ device }, policies, now);
  const context = { resource: 'exchangeOnline', identifiedBy: 'deviceId' } as const;
  return applyAccessPolicies(evaluation, context, policies, now).decision;
}

function after(parse: Parse, event: unknown, device: Device): 'allow' | 'block' {
  const signals = parse(event, ARRIVAL).signals.filter((each) => 'deviceId' in each);
  return decide(tidyDevice(mergeSignals(device, signals), TIME));
}

type Parse = (event: unknown, arrival: Arrival) => Parsed;

const cloudEvent = (type: string, data: object): Json => ({
  specversion: '1.0',
  id: 'event-1',
  source: 'sep',
  type: `sepmobile.${type}`,
  time: TIME,
  data: { deviceId: 'phone-1', ...data },
});
const INCIDENT = {
  incidentId: 'incident-1',
  category: 'application',
  threatType: 'malware',
  severity: 'high',
  detectedDateTime: NOW,
  title: 'Eicar',
  resource: 'eicar.apk',
};
const telemetry = (defences: object): Json => ({
  deviceId: 'phone-1',
  observedDateTime: TIME,
  ...defences,
});

/** Events that block, each with the fields that are its bad news. */
const BAD_NEWS: readonly (readonly [string, Parse, Json, readonly string[]])[] = [
  ['an incident', fromSepMobileEvent, cloudEvent('incident.opened', INCIDENT), ['data.severity']],
  ['an updated incident', fromSepMobileEvent, cloudEvent('incident.updated', INCIDENT), []],
  [
    'a Standard Webhooks incident',
    fromSepMobileEvent,
    {
      type: 'sepmobile.incident.opened',
      timestamp: TIME,
      data: { deviceId: 'phone-1', ...INCIDENT },
    },
    [],
  ],
  ['a high risk', fromSepMobileEvent, cloudEvent('device.risk', { riskLevel: 'high' }), []],
  [
    'a compromised device',
    fromSepMobileEvent,
    cloudEvent('device.risk', { riskLevel: 'minimal', healthState: 'compromised' }),
    ['data.healthState'],
  ],
  ['a deactivation', fromSepMobileEvent, cloudEvent('device.deactivated', {}), []],
  [
    'a rooted phone',
    fromTelemetry,
    telemetry({ physical: { jailbrokenOrRooted: true, developerMode: true } }),
    ['physical', 'physical.jailbrokenOrRooted'],
  ],
  [
    'malware among apps',
    fromTelemetry,
    telemetry({
      application: {
        installed: [
          { bundleId: 'com.good', verdict: 'clean', version: '1', name: 'Good', source: 'store' },
          { bundleId: 'com.bad', verdict: 'malware', version: '1', name: 'Bad' },
        ],
      },
      network: { connected: true, ssid: 'Café', security: 'wpa2', tlsInterception: 'none' },
      vulnerability: { osVersion: '15', securityPatchLevel: '2025-12-01', cves: [] },
    }),
    [
      'application',
      'application.installed',
      'application.installed.1',
      'application.installed.1.verdict',
    ],
  ],
  [
    'a spoofed network',
    fromTelemetry,
    telemetry({ network: { arpSpoofing: true, security: 'wpa2', ssid: 'Café', connected: true } }),
    ['network', 'network.arpSpoofing', 'network.connected'],
  ],
  [
    'a critical vulnerability',
    fromTelemetry,
    telemetry({
      vulnerability: { cves: [{ id: 'CVE-2026-1', cvss: 9.8 }], updateAvailable: false },
    }),
    ['vulnerability', 'vulnerability.cves', 'vulnerability.cves.0', 'vulnerability.cves.0.cvss'],
  ],
];

const WRONG: readonly unknown[] = [
  null,
  '',
  ' ',
  'a word of tomorrow',
  'x'.repeat(5000),
  '\u0000"\\\ud800',
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  FUTURE,
  0,
  -1,
  1e308,
  true,
  [],
  [null],
  {},
  { deviceId: 'phone-2' },
];

/** Values that say nothing: the event is then the one without the field. */
const SAYS_NOTHING: ReadonlySet<unknown> = new Set([null, '', ' ']);

/** `0` is a low score or a flag, and a list or an object may be empty: these are readable good news. */
function isReadable(path: string, value: unknown): boolean {
  if (/(cvss|jailbrokenOrRooted|arpSpoofing|connected)$/.test(path)) return value === 0;
  if (/\.\d$/.test(path)) return typeof value === 'object' && !Array.isArray(value);
  const isEmpty = Array.isArray(value) && (value.length === 0 || value[0] === null);
  if (path.endsWith('installed') || path.endsWith('cves')) return isEmpty;
  const isObject = typeof value === 'object' && !Array.isArray(value);
  return isObject && ['physical', 'network', 'application', 'vulnerability'].includes(path);
}

function pathsOf(value: unknown, under = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const path = under === '' ? name : `${under}.${name}`;
    return [path, ...pathsOf(part, path)];
  });
}

/** `event` with `value` at `path`; without the field if `value` is `undefined`. */
function changed(event: Json, path: string, value: unknown): Json {
  const copy = structuredClone(event) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let part: Record<string, unknown> = copy;
  for (const name of names) part = part[name] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(part, last);
  else part[last] = value;
  return copy;
}

describe.each(BAD_NEWS)('%s', (_, parse, event, news) => {
  const paths = pathsOf(event).filter((path) => !/(^|\.)deviceId$|^data$/.test(path));

  it('blocks a healthy device', () => {
    expect(after(parse, event, healthyDevice())).toBe('block');
  });

  it.each(paths)('blocks whatever is wrong with `%s`', (path) => {
    const allowed = WRONG.filter(
      (value) => after(parse, changed(event, path, value), healthyDevice()) === 'allow',
    );
    const isNews = news.includes(path);
    const expected = isNews
      ? WRONG.filter((value) => SAYS_NOTHING.has(value) || isReadable(path, value))
      : [];
    expect(allowed.filter((value) => !expected.includes(value))).toEqual([]);
  });

  it.each(paths)('is never better with a wrong `%s` than without it', (path) => {
    if (after(parse, changed(event, path, undefined), healthyDevice()) === 'allow') return;
    for (const value of WRONG.filter((each) => !news.includes(path) || !isReadable(path, each)))
      expect([value, after(parse, changed(event, path, value), healthyDevice())]).toEqual([
        value,
        'block',
      ]);
  });
});
