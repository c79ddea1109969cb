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

it('brings back what was asked for', async () => {
  expect(await fromTicket(await toTicket(TICKET, KEY, NOW), [KEY], NOW)).toEqual(TICKET);
  const { userPrincipalName: _, ...unnamed } = TICKET;
  expect(await fromTicket(await toTicket(unnamed, KEY, NOW), [KEY], NOW)).toEqual(unnamed);
});

it('is no longer than a path segment may be at API Management and http.sys', async () => {
  expect((await toTicket(TICKET, KEY, NOW)).length).toBeLessThanOrEqual(260);
});

it('shows nothing of what is in it, and is another each time', async () => {
  const [first, second] = [await toTicket(TICKET, KEY, NOW), await toTicket(TICKET, KEY, NOW)];
  expect(first).not.toBe(second);
  for (const part of first.split('.')) {
    expect(Buffer.from(part, 'base64url').toString('latin1')).not.toMatch(/3f2b8a52|ada|share/);
  }
});

it('ends after an hour, on the second', async () => {
  const text = await toTicket(TICKET, KEY, NOW);
  expect(await fromTicket(text, [KEY], after(3599))).toEqual(TICKET);
  expect(await fromTicket(text, [KEY], after(3600))).toBeUndefined();
});

it('is opened by either key while one replaces the other, and by no third', async () => {
  const text = await toTicket(TICKET, KEY, NOW);
  expect(await fromTicket(text, [OTHER_KEY, KEY], NOW)).toEqual(TICKET);
  expect(await fromTicket(text, [KEY, OTHER_KEY], NOW)).toEqual(TICKET);
  expect(await fromTicket(text, [OTHER_KEY, randomBytes(32)], NOW)).toBeUndefined();
  expect(await fromTicket(text, [], NOW)).toBeUndefined();
});

it('is worth nothing with any one bit changed', async () => {
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
])('is not made up: `%s`', async (text) => {
  expect(await fromTicket(text, [KEY], NOW)).toBeUndefined();
});

const sealed = async (content: unknown): Promise<string> => {
  const text = await new CompactEncrypt(Buffer.from(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(KEY);
  return text.split('.').slice(2).join('.');
};

const CONTENT = ['deviceId', 'x', 'wifi', null, 'id', '', 9e9];

it('is what our key has sealed in its form', async () => {
  expect(await fromTicket(await sealed(CONTENT), [KEY], NOW)).toMatchObject({
    device: { identifiedBy: 'deviceId', value: 'x' },
    resource: 'wifi',
    owner: '',
  });
});

it.each([
  ['another identification', 0, 'name'],
  ['a device that is no text', 1, 7],
  ['another resource', 2, 'everything'],
  ['a user who is no text', 3, 7],
  ['a decision that is no text', 4, null],
  ['an owner who is no text', 5, null],
  ['an end that is no whole number', 6, 9e9 + 0.5],
  ['an end that is text', 6, '9000000000'],
])('is not what else our key has sealed: %s', async (_, at, value) => {
  expect(await fromTicket(await sealed(CONTENT.with(at, value)), [KEY], NOW)).toBeUndefined();
});

it.each([
  ['a part less', CONTENT.slice(0, -1)],
  ['a part more', [...CONTENT, 'x']],
  ['an object', Object.fromEntries(CONTENT.entries())],
])('is not what else our key has sealed: %s', async (_, content) => {
  expect(await fromTicket(await sealed(content), [KEY], NOW)).toBeUndefined();
});
