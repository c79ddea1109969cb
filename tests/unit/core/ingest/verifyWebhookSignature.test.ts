import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyWebhookSignature } from '../../../../shared/core/ingest/verifyWebhookSignature.ts';

// The example of the Standard Webhooks specification, so a known answer.
const KNOWN = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  body: Buffer.from('{"test": 2432232314}'),
};
const SECRET = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
const AT = new Date(1_614_265_330_000);
const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1000);

describe('verifyWebhookSignature', () => {
  it('accepts the example of the specification', () => {
    expect(verifyWebhookSignature(KNOWN, [SECRET], AT)).toBeUndefined();
  });

  it('accepts the second of two secrets during a rotation', () => {
    expect(verifyWebhookSignature(KNOWN, [Buffer.alloc(32), SECRET], AT)).toBeUndefined();
  });

  it('accepts a clock difference of five minutes in both directions and not a second more', () => {
    expect(
      [300, -300].map((seconds) => verifyWebhookSignature(KNOWN, [SECRET], later(seconds))),
    ).toEqual([undefined, undefined]);
    expect(verifyWebhookSignature(KNOWN, [SECRET], later(301))).toBe('timestampTooOld');
    expect(verifyWebhookSignature(KNOWN, [SECRET], later(-301))).toBe('timestampTooNew');
  });

  it('rejects a request with any single bit flipped', () => {
    const body = Buffer.from(JSON.stringify({ type: 'x', data: { text: 'x'.repeat(560) } }));
    const signature = `v1,${createHmac('sha256', SECRET)
      .update(`${KNOWN.id}.${KNOWN.timestamp}.`)
      .update(body)
      .digest('base64')}`;
    const whole = { ...KNOWN, body, signature };
    expect(verifyWebhookSignature(whole, [SECRET], AT)).toBeUndefined();
    const parts = ['id', 'timestamp', 'signature', 'body'] as const;
    let flips = 0;
    const accepted = parts.flatMap((part) => {
      const bytes = Buffer.from(whole[part]);
      return Array.from({ length: bytes.length * 8 }, (_, bit) => {
        flips += 1;
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = {
          ...whole,
          [part]: part === 'body' ? flipped : flipped.toString('latin1'),
        };
        return verifyWebhookSignature(changed, [SECRET], AT) === undefined ? [part, bit] : [];
      }).filter(({ length }) => length > 0);
    });
    expect(accepted).toEqual([]);
    expect(flips).toBeGreaterThan(5000);
  });

  const attacks: readonly [string, Partial<typeof KNOWN>, string][] = [
    ['another body', { body: Buffer.from('{"test": 2432232315}') }, 'signatureMismatch'],
    ['another id', { id: 'msg_other' }, 'signatureMismatch'],
    ['another time', { timestamp: '1614265331' }, 'signatureMismatch'],
    ['no id', { id: '' }, 'headersMissing'],
    ['a truncated signature', { signature: KNOWN.signature.slice(0, -5) }, 'signatureMismatch'],
    [
      'a signature without its version',
      { signature: KNOWN.signature.slice(3) },
      'signatureMismatch',
    ],
    ['a time in hexadecimal', { timestamp: '0x6037B532' }, 'timestampInvalid'],
    ['a time with a fraction', { timestamp: '1614265330.5' }, 'timestampInvalid'],
    ['a time with a sign', { timestamp: '+1614265330' }, 'timestampInvalid'],
    ['a time of 13 digits', { timestamp: '0001614265330' }, 'timestampInvalid'],
    ['no time', { timestamp: '' }, 'headersMissing'],
    ['no signature', { signature: '' }, 'headersMissing'],
    [
      'a signature of another version',
      { signature: KNOWN.signature.replace('v1', 'v2') },
      'signatureMismatch',
    ],
    [
      'a signature in another alphabet',
      { signature: KNOWN.signature.replace('+', '-') },
      'signatureMismatch',
    ],
    [
      'a signature without its padding',
      { signature: KNOWN.signature.replace('=', '') },
      'signatureMismatch',
    ],
  ];
  for (const [title, changes, fault] of attacks) {
    it(`rejects ${title}: ${fault}`, () => {
      expect(verifyWebhookSignature({ ...KNOWN, ...changes }, [SECRET], AT)).toBe(fault);
    });
  }

  it('rejects a request without each of the headers', () => {
    for (const name of ['id', 'timestamp', 'signature']) {
      expect(verifyWebhookSignature({ ...KNOWN, [name]: null }, [SECRET], AT)).toBe(
        'headersMissing',
      );
    }
  });

  it('accepts a time of 12 digits, the maximum', () => {
    const timestamp = '001614265330';
    const signature = `v1,${createHmac('sha256', SECRET)
      .update(`${KNOWN.id}.${timestamp}.`)
      .update(KNOWN.body)
      .digest('base64')}`;
    const padded = { ...KNOWN, timestamp, signature };
    expect(verifyWebhookSignature(padded, [SECRET], AT)).toBeUndefined();
  });

  it.each([
    ['beside a wrong one', [`v1,${'A'.repeat(43)}=`, KNOWN.signature], undefined],
    ['beside another version', ['v1a,key', KNOWN.signature, 'v2,x'], undefined],
    ['as the eighth', [...Array<string>(7).fill('v1,x'), KNOWN.signature], undefined],
    ['as the ninth', [...Array<string>(8).fill('v1,x'), KNOWN.signature], 'signatureMismatch'],
  ])('finds the signature in a list %s: %s', (_, list, fault) => {
    const signature = list.join(' ');
    expect(verifyWebhookSignature({ ...KNOWN, signature }, [SECRET], AT)).toBe(fault);
  });

  it('distinguishes bytes that decode to the same text', () => {
    const sent = { ...KNOWN, body: Buffer.from([0xff]) };
    expect(verifyWebhookSignature(sent, [SECRET], AT)).toBe('signatureMismatch');
  });
});
