import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { toBoundedBody, fromDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { fromQueueMessage } from '../../../../shared/core/devices/fromQueueMessage.ts';
import {
  createMessageMac,
  type MessageMacOptions,
} from '../../../../shared/core/devices/messageMac.ts';
import { packSignals } from '../../../../shared/core/devices/packSignals.ts';
import { fromChangeMessage } from '../../../../shared/core/publishing/changeMessage.ts';
import { NOW, signalOf } from '../../../support/signals.ts';
import { transitionOf } from '../../../support/transitionOf.ts';

const KEY = Buffer.alloc(32, 1);
const NEXT_KEY = Buffer.alloc(32, 2);

const macWith = (options: Partial<MessageMacOptions> = {}): ReturnType<typeof createMessageMac> =>
  createMessageMac({ keys: [KEY], queue: 'device-signals', now: () => new Date(NOW), ...options });
const MAC = macWith();

/** The body as it arrives: written by the sender and read by the runtime. */
const travel = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

/** A message of the release before messages had MACs. */
const UNSIGNED = [
  {
    attempt: 0,
    signal: {
      type: 'heartbeat',
      signalId: 's-1',
      deviceId: 'phone-1',
      observedDateTime: NOW,
      receivedDateTime: NOW,
    },
  },
];

describe('the MAC of a message', () => {
  const anyBody = fc.oneof(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
  );

  it('is right for whatever was signed, after a journey, and for any number of attempts', () => {
    fc.assert(
      fc.property(anyBody, fc.nat(), (body, attempt) => {
        const sent = travel(MAC.sign(body));
        expect(MAC.isAuthentic(sent)).toBe(true);
        const again = Array.isArray(sent)
          ? sent.map((each: object) => ({ ...each, attempt }))
          : { ...(sent as object), attempt };
        expect(MAC.isAuthentic(again)).toBe(true);
      }),
    );
  });

  it('is wrong for everything else', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (body, other) => {
        const { mac } = [MAC.sign(body)].flat()[0] as { mac: string };
        const forged = Array.isArray(other) ? [{ ...other[0], mac }] : { ...other, mac };
        const isSame = JSON.stringify(MAC.sign(forged)) === JSON.stringify(forged);
        expect(MAC.isAuthentic(travel(forged))).toBe(isSame);
      }),
    );
  });

  it('is HMAC-SHA256 over the name of the queue and the text without attempts', () => {
    const said = `[{"signal":${JSON.stringify(UNSIGNED[0]?.signal)}}]`;
    const expected = createHmac('sha256', KEY)
      .update(`device-signals\n${said}`)
      .digest('base64url');
    expect(MAC.sign(UNSIGNED)).toEqual([{ ...UNSIGNED[0], mac: expected }]);
  });

  it('is the same for packed signals, whose text is never parsed before it is sent', () => {
    const signals = Array.from({ length: 7 }, (_, at) =>
      signalOf({ type: 'heartbeat', appVersion: `"é\u2028\ud800 ${String(at)}` }),
    );
    for (const { text } of packSignals(signals, MAC.macOf)) {
      const body = JSON.parse(text) as unknown;
      expect([MAC.isAuthentic(body), MAC.sign(body as object[])]).toEqual([true, body]);
    }
  });

  it.each<[string, unknown]>([
    ['cut short', 'abc'],
    ['empty', ''],
    ['a number', 1],
    ['null', null],
    ['of another type', { toString: 'x' }],
  ])('is wrong if it is %s', (_, mac) => {
    expect(MAC.isAuthentic([{ ...UNSIGNED[0], mac }])).toBe(false);
  });

  it('is of one queue', () => {
    const other = macWith({ queue: 'compliance-changes' });
    expect(other.isAuthentic(MAC.sign(UNSIGNED))).toBe(false);
  });

  it('is checked by both keys during a rotation, and made by the first', () => {
    const [before, during, after] = [[KEY], [NEXT_KEY, KEY], [NEXT_KEY]] as const;
    const [old, both, next] = [before, during, after].map((keys) => macWith({ keys }));
    if (old === undefined || both === undefined || next === undefined) throw new TypeError('none');
    const isAccepted = [old, both, next].map((by) => by.isAuthentic(both.sign(UNSIGNED)));
    expect([both.isAuthentic(old.sign(UNSIGNED)), isAccepted]).toEqual([true, [false, true, true]]);
  });
});

describe('messages of the release without MACs', () => {
  const until = (unsignedUntilDateTime: string): boolean =>
    macWith({ unsignedUntilDateTime }).isAuthentic(UNSIGNED);

  it('are refused, unless an operator allows them for at most a day', () => {
    expect(MAC.isAuthentic(UNSIGNED)).toBe(false);
    expect([
      until(NOW),
      until(addSeconds(NOW, 1)),
      until(addSeconds(NOW, 86_400)),
      until(addSeconds(NOW, 86_401)),
      until('9999-12-31T23:59:59.999Z'),
    ]).toEqual([false, true, true, false, false]);
  });

  it('do not open the door to a wrong MAC', () => {
    const open = macWith({ unsignedUntilDateTime: addSeconds(NOW, 60) });
    expect(open.isAuthentic([{ ...UNSIGNED[0], mac: 'x' }])).toBe(false);
  });
});

describe('a message with a MAC', () => {
  it('is readable for the release without MACs, which ignores unknown properties', () => {
    const [entry] = MAC.sign(UNSIGNED) as readonly object[];
    expect(fromQueueMessage(entry)).toMatchObject({ attempt: 0, signal: { deviceId: 'phone-1' } });
    const announcement = transitionOf(1);
    expect(fromChangeMessage(MAC.sign(announcement))?.content).toEqual(announcement);
  });

  it('keeps the form of dead letters that were written before', () => {
    const stored = { type: 'deadLetter', code: 'messageInvalid', reason: 'r', body: UNSIGNED };
    expect(fromDeadLetter(stored)?.body).toEqual(UNSIGNED);
    expect(fromDeadLetter(MAC.sign(stored))?.body).toEqual(UNSIGNED);
  });
});

describe('toBoundedBody', () => {
  it('keeps what fits, and an excerpt of anything else', () => {
    expect(toBoundedBody(UNSIGNED)).toBe(UNSIGNED);
    const large = 'x'.repeat(224 * 1024);
    expect(toBoundedBody(large)).toEqual({
      excerpt: `"${'x'.repeat(1023)}`,
      sizeInBytes: large.length + 2,
    });
    expect(toBoundedBody(undefined)).toBeUndefined();
  });
});
