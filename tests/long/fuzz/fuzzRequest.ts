import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { FuzzedRequest } from './exchange.ts';
import { mutateBytes, mutateText, mutateValue, type Dice } from './mutate.ts';
import { fillIn, SEEDS, type Seed } from './seeds.ts';
import type { Made } from './made.ts';

/** The credentials. Most requests use them, otherwise none would reach the code behind. */
export interface Keys {
  /** The operator's token comes first. */
  readonly tokens: readonly string[];
  readonly receiver: string;
  readonly entra: string;
  readonly cloudflare: string;
  /** Cloudflare's evaluation token about a user. */
  readonly evaluation: string;
  readonly callerKeys: Readonly<Record<'proxy' | 'radius' | 'nac', string>>;
  readonly webhookSecret: string;
  /** The address of a webhook receiver. */
  readonly webhookReceiver: string;
}

const CONTENT_TYPES = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/xml',
  'text/plain',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  '',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
const ODD_QUERIES = [
  '$top=-1',
  '$top=99999999999',
  '$filter=complianceState eq',
  "$filter=userPrincipalName eq '''",
  '$skiptoken=%00',
  '$filter=((((((((((',
  'stream_id=..',
  'device=%F0%9F%98%80',
  'mac=zz',
  'x=1&x=2',
];

/**
 * A random request similar to a right one. It always uses the same number of random values, so a seed gives the same
 * requests except for the ids that the server chose.
 */
export function fuzzRequest(dice: Dice, keys: Keys, made: Made): FuzzedRequest {
  const { random, pick } = dice;
  const seed = pick(SEEDS);
  const example = fillIn(seed, keys, made, random());
  const method = random() < 0.04 ? pick(METHODS) : example.method;
  const isPathKept = random() >= 0.4;
  const path = isPathKept ? example.path : mutatePath(example.path, dice);
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(path, example.body, dice);
  const headers: Record<string, string> = { ...example.headers };
  if (random() < 0.1) headers['content-type'] = pick(CONTENT_TYPES);
  if (random() < 0.05) headers['if-match'] = pick(['*', '"x"', 'W/"1"', '""', 'x'.repeat(200)]);
  const etag = made.etagOf(path);
  if (random() < 0.1 && etag !== undefined)
    headers[method === 'GET' ? 'if-none-match' : 'if-match'] = etag;
  if (random() < 0.05) headers['accept-language'] = pick(['de;q=9', '*', 'xx-yy,,;q', 'q=0.0']);
  if (random() < 0.05) headers['x-device-id'] = pick(['a', ' ', 'x'.repeat(300), '%00']);
  if (random() < 0.05)
    headers['x-forwarded-client-cert'] = pick(['URI=a', '";";', 'By=;URI=x;URI=y']);
  headers['authorization'] = `Bearer ${pick(doorsFor(seed, keys, dice))}`;
  if (random() < 0.03)
    headers['authorization'] = pick(['', 'Bearer', 'Bearer a.b.c', 'Basic OjpAOg==', 'Digest x']);
  if (seed.operation.access === 'cloudflare')
    headers['cf-access-jwt-assertion'] = random() < 0.9 ? keys.cloudflare : keys.evaluation;
  if (path.includes('webhooks/sep-mobile'))
    sign(headers, body, keys, random() < 0.9 ? undefined : 'something else');
  return {
    method,
    path: encodeSafely(path),
    headers: withoutUnsendable(headers),
    body,
    ...(isPathKept && method === example.method ? { operationId: seed.operation.operationId } : {}),
  };
}

function doorsFor(seed: Seed, keys: Keys, { random }: Dice): readonly string[] {
  const fate = random();
  if (fate < 0.1) return Object.values(keys.callerKeys);
  if (fate < 0.2) return keys.tokens;
  return [doorOf(seed, keys)];
}

/** A sufficient credential for the operation. */
export function doorOf({ operation: { access, path } }: Seed, keys: Keys): string {
  if (access === 'entra') return keys.entra;
  if (path.startsWith('/ssf/')) return keys.receiver;
  if (/^\/access\/(nginx|envoy)/.test(path)) return keys.callerKeys.proxy;
  return keys.tokens[0] ?? '';
}

function mutatePath(path: string, dice: Dice): string {
  const { random, whole, pick } = dice;
  const [own = '', query = ''] = path.split('?');
  if (random() < 0.3) return `${own}?${query === '' ? '' : `${query}&`}${pick(ODD_QUERIES)}`;
  if (random() < 0.3 && query !== '') return `${own}?${mutateText(query, dice)}`;
  const parts = own.split('/');
  const at = whole(parts.length);
  parts[at] = encodeURIComponent(
    toWellFormed(mutateText(decodeURIComponent(parts[at] ?? ''), dice)),
  );
  return `${parts.join('/')}${query === '' ? '' : `?${query}`}`;
}

function toWellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Escapes what no client can send in the first line of a request. */
function encodeSafely(path: string): string {
  return path.replaceAll(/[^!-~]/g, (character) => encodeURIComponent(toWellFormed(character)));
}

function withoutUnsendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[ -~]*$/.test(value)));
}

function bodyOf(path: string, body: string | undefined, dice: Dice): Buffer | undefined {
  const { random } = dice;
  if (body === undefined) return random() < 0.1 ? Buffer.from('{}') : undefined;
  const fate = random();
  if (fate < 0.1) return Buffer.from(body);
  if (fate < 0.25 && !path.includes('ssf/poll')) return mutateBytes(Buffer.from(body), dice);
  if (body.startsWith('<')) return Buffer.from(mutateText(body, dice));
  let value: unknown = JSON.parse(body);
  for (let times = 1 + dice.whole(3); times > 0; times -= 1) value = mutateValue(value, dice);
  // A long poll waits for an event, so ask for an immediate answer.
  if (path.includes('ssf/poll') && typeof value === 'object' && value !== null)
    value = { ...value, returnImmediately: true };
  return Buffer.from(JSON.stringify(value) ?? 'null');
}

/** Signs the body, or sometimes another one. */
export function sign(
  headers: Record<string, string>,
  body: Buffer | undefined,
  { webhookSecret }: Pick<Keys, 'webhookSecret'>,
  signed = (body ?? Buffer.alloc(0)).toString(),
): void {
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  headers['webhook-id'] = id;
  headers['webhook-timestamp'] = String(Math.floor(at.getTime() / 1000));
  headers['webhook-signature'] = new Webhook(webhookSecret).sign(id, at, signed);
}
