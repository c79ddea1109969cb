import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { OPERATIONS } from '../../shared/openApi/toOpenApi.ts';
import { exampleRequest, type ExampleRequest } from '../support/exampleRequest.ts';
import { mutateBytes, mutateText, mutateValue, type Dice } from './mutate.ts';

/** A request as it is sent. */
export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What opens the doors: most requests go through them, or nothing behind would be met. */
export interface Keys {
  /** An operator's first. */
  readonly tokens: readonly string[];
  readonly receiver: string;
  readonly callerKeys: readonly string[];
  readonly webhookSecret: string;
}

const SEEDS: readonly ExampleRequest[] = OPERATIONS.map(exampleRequest);
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

const MAKING = new Set(['PUT', 'POST']);

/** What makes what the others ask for: the examples themselves. */
export function makingRequests(keys: Keys): readonly FuzzedRequest[] {
  return SEEDS.filter(({ method }) => MAKING.has(method)).map(
    ({ method, path, headers, body }) => ({
      method,
      path,
      headers: {
        ...headers,
        authorization: `Bearer ${path.includes('ssf/') ? keys.receiver : (keys.tokens[0] ?? '')}`,
      },
      body: body === undefined ? undefined : Buffer.from(body),
    }),
  );
}

/** One request near one that is right, by what the dice say. */
export function fuzzRequest(dice: Dice, keys: Keys): FuzzedRequest {
  const { random, pick } = dice;
  const seed = pick(SEEDS);
  const method = random() < 0.04 ? pick(METHODS) : seed.method;
  const path = random() < 0.4 ? mutatePath(seed.path, dice) : seed.path;
  const body = method === 'GET' || method === 'HEAD' ? undefined : bodyOf(seed, dice);
  const headers: Record<string, string> = { ...seed.headers };
  if (random() < 0.1) headers['content-type'] = pick(CONTENT_TYPES);
  if (random() < 0.05) headers['if-match'] = pick(['*', '"x"', 'W/"1"', '""', 'x'.repeat(200)]);
  if (random() < 0.05) headers['accept-language'] = pick(['de;q=9', '*', 'xx-yy,,;q', 'q=0.0']);
  if (random() < 0.05) headers['x-device-id'] = pick(['a', ' ', 'x'.repeat(300), '%00']);
  if (random() < 0.05)
    headers['x-forwarded-client-cert'] = pick(['URI=a', '";";', 'By=;URI=x;URI=y']);
  headers['authorization'] = pick(doorsFor(seed, keys, dice));
  if (path.includes('webhooks/sep-mobile')) sign(headers, body, keys, dice);
  return { method, path: encodeSafely(path), headers: withoutUnsendable(headers), body };
}

function doorsFor(
  { path }: ExampleRequest,
  { tokens, receiver, callerKeys }: Keys,
  { random }: Dice,
): readonly string[] {
  if (random() < 0.05)
    return ['', 'Bearer', 'Bearer a.b.c', 'Basic OjpAOg==', 'Digest x', 'Bearer  '];
  const fate = random();
  if (fate < 0.1) return callerKeys.map((key) => `Bearer ${key}`);
  if (fate < 0.2) return tokens.map((token) => `Bearer ${token}`);
  return [`Bearer ${path.includes('ssf/') ? receiver : (tokens[0] ?? '')}`];
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

/** What no client can send in the first line of a request stands there as its escape. */
function encodeSafely(path: string): string {
  return path.replaceAll(/[^!-~]/g, (character) => encodeURIComponent(toWellFormed(character)));
}

function withoutUnsendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => /^[ -~]*$/.test(value)));
}

function bodyOf({ body, path }: ExampleRequest, dice: Dice): Buffer | undefined {
  const { random } = dice;
  if (body === undefined) return random() < 0.1 ? Buffer.from('{}') : undefined;
  const fate = random();
  if (fate < 0.1) return Buffer.from(body);
  if (fate < 0.25) return mutateBytes(Buffer.from(body), dice);
  let value: unknown = JSON.parse(body);
  for (let times = 1 + dice.whole(3); times > 0; times -= 1) value = mutateValue(value, dice);
  // A long poll answers when something happens: what matters here is asked for at once.
  if (path.includes('ssf/poll') && typeof value === 'object' && value !== null)
    value = { ...value, returnImmediately: true };
  return Buffer.from(JSON.stringify(value) ?? 'null');
}

/** Signed for what it says, but for one in ten. */
function sign(
  headers: Record<string, string>,
  body: Buffer | undefined,
  { webhookSecret }: Keys,
  { random }: Dice,
): void {
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  const signed = random() < 0.9 ? (body ?? Buffer.alloc(0)).toString() : 'something else';
  headers['webhook-id'] = id;
  headers['webhook-timestamp'] = String(Math.floor(at.getTime() / 1000));
  headers['webhook-signature'] = new Webhook(webhookSecret).sign(id, at, signed);
}
