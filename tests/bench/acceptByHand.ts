import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const MAX_EVENTS = 1000;
const MAX_AGE_IN_SECONDS = 300;
const SIGNALS_A_MESSAGE = 50;
const MESSAGE_SIZE = 60 * 1024;
const ENTRY_SIZE = 26;
const MESSAGE_KEY = Buffer.alloc(32, 1);
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DEVICE_ID = /^(?!\.{1,2}$)(?!\s)(?!.*\s$)[^/\\?#\p{Cc}\u2028\u2029\p{Cs}]*$/u;
const WHOLE = /^[^\ud800-\udfff]*$/;
const CATEGORIES = new Set<unknown>(['physical', 'network', 'application', 'vulnerability']);
const SEVERITIES = new Set<unknown>(['low', 'medium', 'high']);

type Json = Readonly<Record<string, unknown>>;

/**
 * The steps of the core for incidents, written without schemas, ports or error types: verify, parse, check each field,
 * make the id, pack. Wrong events end with 400 and no reason.
 */
export function acceptByHand(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secret: Buffer,
  queue: (size: number) => void,
): { readonly status: number; readonly answer: object } {
  const now = new Date();
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string')
    return { status: 401, answer: {} };
  if (!(Math.abs(now.getTime() / 1000 - Number(timestamp)) <= MAX_AGE_IN_SECONDS))
    return { status: 401, answer: {} };
  const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signature.split(' ').some((each) => {
    const offered = Buffer.from(each.slice(3), 'base64');
    return offered.length === expected.length && timingSafeEqual(offered, expected);
  });
  if (!isSigned) return { status: 401, answer: {} };
  const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  const events = (Array.isArray(parsed) ? parsed : [parsed]) as readonly Json[];
  if (events.length > MAX_EVENTS) return { status: 413, answer: {} };
  const receivedDateTime = now.toISOString();
  let texts: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (texts.length > 0) queue(toMessage(texts).length);
    texts = [];
    size = 0;
  };
  for (const event of events) {
    const signal = toSignal(event, receivedDateTime, now);
    if (signal === undefined) return { status: 400, answer: {} };
    const text = JSON.stringify(signal);
    const length = Buffer.byteLength(text) + ENTRY_SIZE;
    if (texts.length === SIGNALS_A_MESSAGE || size + length > MESSAGE_SIZE) flush();
    texts.push(text);
    size += length;
  }
  flush();
  return { status: 202, answer: { accepted: events.length, rejected: [] } };
}

function toMessage([first = '', ...others]: readonly string[]): string {
  const said = [first, ...others].map((text) => `{"signal":${text}}`).join(',');
  const mac = createHmac('sha256', MESSAGE_KEY).update(`device-signals\n[${said}]`);
  const rest = others.map((text) => `,{"attempt":0,"signal":${text}}`).join('');
  return `[{"attempt":0,"signal":${first},"mac":"${mac.digest('base64url')}"}${rest}]`;
}

function toSignal(event: Json, receivedDateTime: string, now: Date): object | undefined {
  const { specversion, id, source, type, time } = event;
  const data = event['data'] as Json | null | undefined;
  if (specversion !== '1.0' || !isText(id, 255) || !WHOLE.test(id) || !isText(source, 2048))
    return undefined;
  if (type !== 'sepmobile.incident.opened' || !isDateTime(time)) return undefined;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const { deviceId, incidentId, category, threatType, severity, detectedDateTime } = data;
  const { title, resource } = data;
  if (!isText(deviceId, 255) || !DEVICE_ID.test(deviceId)) return undefined;
  if (!isText(incidentId, 255) || !WHOLE.test(incidentId) || !isText(threatType, 128))
    return undefined;
  if (!CATEGORIES.has(category) || !SEVERITIES.has(severity) || !isDateTime(detectedDateTime))
    return undefined;
  if (title !== undefined && !isText(title, 1024, 0)) return undefined;
  if (resource !== undefined && !isText(resource, 1024, 0)) return undefined;
  if (time > receivedDateTime && Date.parse(time) > now.getTime() + MAX_AGE_IN_SECONDS * 1000)
    return undefined;
  return {
    signalId: hash('sha256', JSON.stringify(['cloudevents', source, id]), 'base64url'),
    observedDateTime: time,
    receivedDateTime,
    deviceId,
    type: 'incidentReported',
    status: 'open',
    incident: { incidentId, category, threatType, severity, detectedDateTime, title, resource },
  };
}

function isText(value: unknown, longest: number, shortest = 1): value is string {
  return typeof value === 'string' && value.length >= shortest && value.length <= longest;
}

function isDateTime(value: unknown): value is string {
  return typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
}
