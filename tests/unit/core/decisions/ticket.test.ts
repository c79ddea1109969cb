import { randomBytes } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { expect, it } from 'vitest';
import { fromTicket, toTicket, type Ticket } from '../../../../shared/core/decisions/ticket.ts';

const KEY = randomBytes(32);
const OTHER_KEY = randomBytes(32);
const NOW = new Date('2026-01-31T12:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

const TICKET: Ticket = {
  device: { identifiedBy: 'clientCertificate', value: '3f2b8a52-6c1d-4a8e-9a57-0f1f6f6e2d11' },
  resource: 'sharePointOnline',
  userPrincipalName: 'ada.lovelace@contoso.example',
  decisionId: '019b1c1f-9f00-7bcd-8123-456789abcdef',
  owner: 'Zm9v12',
};

it('returns the sealed content', async () => {
  expect(await fromTicket(await toTicket(TICKET, KEY, NOW), [KEY], NOW)).toEqual(TICKET);
  const { userPrincipalName: _, ...unnamed } = TICKET;
  expect(await fromTicket(await toTicket(unnamed, KEY, NOW), [KEY], NOW)).toEqual(unnamed);
});

it('fits into a path segment of API Management and http.sys', async () => {
  expect((await toTicket(TICKET, KEY, NOW)).length).toBeLessThanOrEqual(260);
});

it('reveals none of its content and differs each time', async () => {
  const [first, second] = [await toTicket(TICKET, KEY, NOW), await toTicket(TICKET, KEY, NOW)];
  expect(first).not.toBe(second);
  for (const part of first.split('.')) {
    expect(Buffer.from(part, 'base64url').toString('latin1')).not.toMatch(/3f2b8a52|ada|share/);
  }
});

it('expires after exactly one hour', async () => {
  const text = await toTicket(TICKET, KEY, NOW);
  expect(await fromTicket(text, [KEY], after(3599))).toEqual(TICKET);
  expect(await fromTicket(text, [KEY], after(3600))).toBeUndefined();
});

it('opens with either key during a rotation, and with no other', async () => {
  const text = await toTicket(TICKET, KEY, NOW);
  expect(await fromTicket(text, [OTHER_KEY, KEY], NOW)).toEqual(TICKET);
  expect(await fromTicket(text, [KEY, OTHER_KEY], NOW)).toEqual(TICKET);
  expect(await fromTicket(text, [OTHER_KEY, randomBytes(32)], NOW)).toBeUndefined();
  expect(await fromTicket(text, [], NOW)).toBeUndefined();
});

it('is rejected with any single bit flipped', async () => {
  const parts = (await toTicket(TICKET, KEY, NOW))
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'));
  for (const part of parts) {
    for (let bit = 0; bit < part.length * 8; bit += 1) {
      const byte = bit >> 3;
      const mask = 1 << (bit & 7);
      part[byte] = (part[byte] ?? 0) ^ mask;
      const forged = parts.map((each) => each.toString('base64url')).join('.');
      expect(await fromTicket(forged, [KEY], NOW)).toBeUndefined();
      part[byte] = (part[byte] ?? 0) ^ mask;
    }
  }
});

it.each([
  '',
  '.',
  '..',
  'a.b.c',
  'a.b.c.d',
  '\u0000',
  'x'.repeat(5000),
  `${Buffer.from('{"alg":"none"}').toString('base64url')}..a.b.c`,
])('is rejected if it is made up: `%s`', async (text) => {
  expect(await fromTicket(text, [KEY], NOW)).toBeUndefined();
});

const sealed = async (content: unknown): Promise<string> => {
  const text = await new CompactEncrypt(Buffer.from(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(KEY);
  return text.split('.').slice(2).join('.');
};

const CONTENT = ['deviceId', 'x', 'wifi', null, 'id', '', 9e9];

it('opens content that our key sealed in the right form', async () => {
  expect(await fromTicket(await sealed(CONTENT), [KEY], NOW)).toMatchObject({
    device: { identifiedBy: 'deviceId', value: 'x' },
    resource: 'wifi',
    owner: '',
  });
});

it.each([
  ['another identification', 0, 'name'],
  ['a device that is not text', 1, 7],
  ['another resource', 2, 'everything'],
  ['a user that is not text', 3, 7],
  ['a decision that is not text', 4, null],
  ['an owner that is not text', 5, null],
  ['an expiry that is not a whole number', 6, 9e9 + 0.5],
  ['an expiry that is text', 6, '9000000000'],
])('is rejected if our key sealed another form: %s', async (_, at, value) => {
  expect(await fromTicket(await sealed(CONTENT.with(at, value)), [KEY], NOW)).toBeUndefined();
});

it.each([
  ['a missing part', CONTENT.slice(0, -1)],
  ['an extra part', [...CONTENT, 'x']],
  ['an object', Object.fromEntries(CONTENT.entries())],
])('is rejected if our key sealed another form: %s', async (_, content) => {
  expect(await fromTicket(await sealed(content), [KEY], NOW)).toBeUndefined();
});
