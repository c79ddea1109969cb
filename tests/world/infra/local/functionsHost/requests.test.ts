import { afterEach, describe, expect, it } from 'vitest';
import { startHostListener, type HostListener } from '../../../../support/hostListener.ts';
import { exchangeRaw, statusesOf } from '../../../../support/sendRaw.ts';
import { stopServer } from '../../../../support/stopServer.ts';

const listeners: HostListener[] = [];
afterEach(async () => {
  for (const { server } of listeners.splice(0)) await stopServer(server);
});

async function listen(): Promise<HostListener> {
  const listener = await startHostListener();
  listeners.push(listener);
  return listener;
}

/** Sends one request with these bytes as the value of a header. */
async function sendHeader({ address }: HostListener, value: Buffer): Promise<readonly number[]> {
  const before = Buffer.from('GET /api/echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-name: ');
  const bytes = Buffer.concat([before, value, Buffer.from('\r\n\r\n')]);
  return statusesOf(await exchangeRaw(address, bytes));
}

describe('a header', () => {
  it.each(['jürgen@acme.example', 'żółw@acme.example', '山田@acme.example', 'plain'])(
    'is read as UTF-8: %s',
    async (name) => {
      const listener = await listen();
      expect(await sendHeader(listener, Buffer.from(name))).toEqual([200]);
      expect(listener.passed.map(({ headers }) => headers['x-name'])).toEqual([name]);
    },
  );

  it.each([
    ['Latin-1', Buffer.from('jürgen', 'latin1')],
    ['a cut character', Buffer.from('jü').subarray(0, 2)],
    ['a long form of `/`', Buffer.from([0xc0, 0xaf])],
    ['half of a pair', Buffer.from([0xed, 0xa0, 0x80])],
  ])('that is not UTF-8 is refused, as Kestrel does: %s', async (_, value) => {
    const listener = await listen();
    expect(await sendHeader(listener, value)).toEqual([400]);
    expect(listener.passed).toEqual([]);
  });
});

describe('the target of a request', () => {
  it('is refused if it is not US-ASCII', async () => {
    const { address } = await listen();
    const request = 'GET /api/echo?ü HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    expect(statusesOf(await exchangeRaw(address, request))).toEqual([400]);
  });
});

describe('the method of a request', () => {
  it.each(['GET', 'PROPFIND', 'QUERY', 'DELETE'])(
    'may be any if the trigger names none: %s',
    async (method) => {
      const { address, passed } = await listen();
      const request = `${method} /api/any HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
      expect(statusesOf(await exchangeRaw(address, request))).toEqual([200]);
      expect(passed.map((each) => each.method)).toEqual([method]);
    },
  );
});
