import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readBodyLimit } from '../../../../../infra/local/functionsHost/requestBody.ts';
import { startHostListener, type HostListener } from '../../../../support/hostListener.ts';
import { statusesOf } from '../../../../support/sendRaw.ts';
import { stopServer } from '../../../../support/stopServer.ts';

const MEBIBYTE = 1024 * 1024;
/** Node.js reads so many bytes at once. */
const ONE_READ = 64 * 1024;
const CHUNK = Buffer.alloc(ONE_READ, 'x');

const listeners: HostListener[] = [];
afterEach(async () => {
  for (const { server } of listeners.splice(0)) await stopServer(server);
});

interface Sent {
  readonly statuses: readonly number[];
  /** What the host took from the connection. */
  readonly taken: number;
  readonly passed: HostListener['passed'];
}

/** Sends these lines and 80 MiB, or as much of it as the host takes, until the host answers. */
async function send(lines: readonly string[], frame: (chunk: Buffer) => Buffer): Promise<Sent> {
  const listener = await startHostListener({ maxBodySizeInBytes: MEBIBYTE });
  listeners.push(listener);
  const { server, port, passed } = listener;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const sender = connect(port, '127.0.0.1');
  sender.on('error', () => undefined);
  const received: Buffer[] = [];
  sender.on('data', (chunk: Buffer) => received.push(chunk));
  const answered = once(sender, 'data');
  const [taker] = await accepted;
  sender.write(['POST /api/echo HTTP/1.1', 'host: x', ...lines, '', ''].join('\r\n'));
  for (let sent = 0; sent < 80 * MEBIBYTE && received.length === 0; sent += CHUNK.length) {
    const isFull = !sender.write(frame(CHUNK));
    if (isFull) await Promise.race([once(sender, 'drain'), answered]);
  }
  await answered;
  const taken = taker.bytesRead;
  sender.destroy();
  return { statuses: statusesOf(String(Buffer.concat(received))), taken, passed };
}

describe('a body of 80 MiB', () => {
  it('is refused at once if its length is announced', async () => {
    const lines = [`content-length: ${String(80 * MEBIBYTE)}`];
    const { statuses, taken, passed } = await send(lines, (chunk) => chunk);
    expect([statuses, passed]).toEqual([[413], []]);
    expect(taken).toBeLessThanOrEqual(4 * ONE_READ);
  });

  it('is refused after 1 MiB if it comes in chunks', async () => {
    const size = `${CHUNK.length.toString(16)}\r\n`;
    const { statuses, taken, passed } = await send(['transfer-encoding: chunked'], (chunk) =>
      Buffer.concat([Buffer.from(size), chunk, Buffer.from('\r\n')]),
    );
    expect([statuses, passed]).toEqual([[413], []]);
    expect(taken).toBeLessThanOrEqual(MEBIBYTE + 4 * ONE_READ);
  });

  it('is not even asked for if its sender waits for `100 Continue`', async () => {
    const listener = await startHostListener({ maxBodySizeInBytes: MEBIBYTE });
    listeners.push(listener);
    const sender = connect(listener.port, '127.0.0.1');
    const length = `content-length: ${String(80 * MEBIBYTE)}`;
    const head = ['POST /api/echo HTTP/1.1', 'host: x', length, 'expect: 100-continue', '', ''];
    sender.write(head.join('\r\n'));
    const [answer] = (await once(sender, 'data')) as [Buffer];
    sender.destroy();
    expect(statusesOf(answer.toString())).toEqual([413]);
  });
});

describe('a body of exactly 1 MiB', () => {
  it.each(['', 'expect: 100-continue'])('is passed on (%s)', async (expectation) => {
    const listener = await startHostListener({ maxBodySizeInBytes: MEBIBYTE });
    listeners.push(listener);
    const sender = connect(listener.port, '127.0.0.1');
    const head = ['POST /api/echo HTTP/1.1', 'host: x', `content-length: ${String(MEBIBYTE)}`];
    const lines = expectation === '' ? head : [...head, expectation];
    sender.write([...lines, '', ''].join('\r\n'));
    let received = '';
    if (expectation !== '') received += String((await once(sender, 'data'))[0]);
    sender.write(Buffer.alloc(MEBIBYTE));
    while (!received.includes('HTTP/1.1 200')) received += String((await once(sender, 'data'))[0]);
    sender.destroy();
    expect(statusesOf(received)).toEqual(expectation === '' ? [200] : [100, 200]);
    expect(listener.passed.map(({ body }) => body?.bytes.length)).toEqual([MEBIBYTE]);
  });
});

describe('the limit of bodies', () => {
  it.each([
    [undefined, 104_857_600],
    ['', 104_857_600],
    ['invalid', 104_857_600],
    ['1048576', 1_048_576],
  ])('is %j as the real host reads it', (setting, limit) => {
    expect(readBodyLimit(setting)).toBe(limit);
  });
});
