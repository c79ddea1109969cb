import { connect } from 'node:net';

/** An HTTP answer, as received. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Sends the exact lines of an HTTP/1.1 request over a connection of its own, since other clients write requests in ways
 * that our libraries do not.
 */
export async function sendRaw(
  origin: string,
  lines: readonly string[],
  body = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${[...lines, '', ''].join('\r\n')}${body}`);
    });
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received);
      if (answer === undefined) return;
      socket.destroy();
      resolve(answer);
    });
    socket.once('end', () =>
      reject(new Error(`the connection ended after \`${String(received)}\``)),
    );
    socket.once('error', reject);
  });
}

/** The answer in these bytes; `undefined` while it is incomplete. */
function parse(received: Buffer): RawAnswer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...fields] = received.subarray(0, end).toString().split('\r\n');
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const at = field.indexOf(':');
      return [field.slice(0, at), field.slice(at + 1).trim()];
    }),
  );
  const body = received.subarray(end + 4);
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined;
  return { status: Number(first.split(' ')[1]), headers, body: body.toString() };
}

/** Sends these exact bytes and returns everything received until the server ends the connection. */
export async function exchangeRaw(origin: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    // A server that rejects the request may end before everything is sent.
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(received));
  });
}

/** The statuses of the received answers, in order. */
export function statusesOf(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}
