import { createHmac, timingSafeEqual } from 'node:crypto';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { MessageMac } from '../ports/queues.ts';

/** The first key makes MACs. Both check them, so no message fails during a rotation. */
export type MessageKeys = readonly [Buffer, ...Buffer[]];

export interface MessageMacOptions {
  readonly keys: MessageKeys;
  /** A MAC of one queue is worth nothing in another. */
  readonly queue: string;
  /** While messages of a release without MACs may arrive: until when they are accepted. */
  readonly unsignedUntilDateTime?: DateTime | undefined;
  readonly now: () => Date;
}

/** A later end counts as no end at all, so it is refused. */
const MAX_TRANSITION_IN_SECONDS = 24 * 60 * 60;

/**
 * Signs and checks the messages of a queue by HMAC-SHA256 (RFC 2104), so whoever may send to the queue cannot vouch for
 * facts about devices. The MAC covers what the message says: all of it but its MAC and its number of attempts, which an
 * operator's replay resets without a key. Both sides take the text that `JSON.stringify` writes. The Functions runtime
 * parses a message with `JSON.parse` (`fromRpcTypedData` of @azure/functions), and reading what `JSON.stringify` wrote
 * and writing it again yields the same text (ECMA-262, sections 25.5.1 and 25.5.2).
 */
export function createMessageMac(options: MessageMacOptions): MessageMac {
  const [first] = options.keys;
  const macOf = (said: string): string => toMac(first, options.queue, said).toString('base64url');
  return {
    macOf,
    sign(body) {
      const mac = macOf(toSaid(body));
      if (!Array.isArray(body)) return { ...body, mac };
      const [head, ...others] = body as readonly object[];
      return [{ ...head, mac }, ...others];
    },
    isAuthentic(body) {
      const mac = macIn(body);
      return mac === undefined ? acceptsUnsigned(options) : isMacOf(options, body, mac);
    },
  };
}

function acceptsUnsigned({ unsignedUntilDateTime: until, now }: MessageMacOptions): boolean {
  const moment = now().toISOString();
  return (
    until !== undefined && moment < until && until <= addSeconds(moment, MAX_TRANSITION_IN_SECONDS)
  );
}

function isMacOf({ keys, queue }: MessageMacOptions, body: unknown, mac: unknown): boolean {
  if (typeof mac !== 'string') return false;
  const given = Buffer.from(mac, 'base64url');
  const said = tryToSaid(body);
  return (
    said !== undefined &&
    keys.some((key) => {
      const expected = toMac(key, queue, said);
      return given.length === expected.length && timingSafeEqual(given, expected);
    })
  );
}

function toMac(key: Buffer, queue: string, said: string): Buffer {
  return createHmac('sha256', key).update(queue).update('\n').update(said).digest();
}

/** The MAC of a message is in its body; of several signals, in the first. An earlier release ignores it there. */
function macIn(body: unknown): unknown {
  const part: unknown = Array.isArray(body) ? body[0] : body;
  return typeof part === 'object' && part !== null && 'mac' in part ? part.mac : undefined;
}

function toSaid(body: unknown): string {
  return JSON.stringify(Array.isArray(body) ? body.map(withoutEnvelope) : withoutEnvelope(body));
}

/** `undefined` for a body that is nested too deeply to be written. */
function tryToSaid(body: unknown): string | undefined {
  try {
    return toSaid(body);
  } catch {
    return undefined;
  }
}

function withoutEnvelope(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
  const { attempt: _, mac: __, ...said } = part as Readonly<Record<string, unknown>>;
  return said;
}
