import { createServer, type IncomingMessage } from 'node:http';
import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyResult } from 'jose';
import { listeningPort } from './listeningPort.ts';
import { stopServer } from './stopServer.ts';

/** A pushed security event token. */
interface PushedSet {
  readonly headers: IncomingMessage['headers'];
  readonly token: string;
}

/**
 * A receiver of security event tokens, written from the standards. It knows the transmitter's address and none of its
 * code.
 */
export interface SetReceiver {
  readonly url: string;
  readonly pushed: PushedSet[];
  /** The answers to the next pushes; then 202. */
  readonly answers: { readonly status: number; readonly body?: string }[];
  /** Removes the oldest push, and waits for one if there is none. */
  next(): Promise<PushedSet>;
  stop(): Promise<void>;
}

export async function startSetReceiver(): Promise<SetReceiver> {
  const pushed: PushedSet[] = [];
  const answers: SetReceiver['answers'] = [];
  const waiting: ((set: PushedSet) => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const set = { headers: request.headers, token: Buffer.concat(chunks).toString() };
      const { status, body } = answers.shift() ?? { status: 202 };
      const taker = waiting.shift();
      if (taker === undefined) pushed.push(set);
      else taker(set);
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  const port = await listeningPort(server);
  return {
    url: `http://127.0.0.1:${String(port)}/events`,
    pushed,
    answers,
    next() {
      const known = pushed.shift();
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.push(resolve));
    },
    stop: () => stopServer(server),
  };
}

/** The transmitter's metadata. */
export interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly [name: string]: unknown;
}

export async function discover(api: string): Promise<Metadata> {
  const response = await fetch(`${api}/.well-known/ssf-configuration`);
  return (await response.json()) as Metadata;
}

/** Verifies the signature with the published keys, and the claims as receivers must (RFC 8417, SSF 1.0 section 4.1). */
export function verifySet(
  { issuer, jwks_uri: address }: Metadata,
  audience: string,
  token: string,
): Promise<JWTVerifyResult> {
  return jwtVerify(token, createRemoteJWKSet(new URL(address)), {
    issuer,
    audience,
    algorithms: ['RS256'],
    typ: 'secevent+jwt',
    requiredClaims: ['iat', 'jti', 'events', 'sub_id'],
  });
}

/** The type and content of a token's only event. */
export function eventOf(claims: JWTPayload): readonly [string, Readonly<Record<string, unknown>>] {
  const events = Object.entries(claims['events'] as Record<string, Record<string, unknown>>);
  const [event] = events;
  if (event === undefined || events.length !== 1) throw new TypeError('a token has one event');
  return event;
}
