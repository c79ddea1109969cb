import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';

/** What the Shared Signals Framework calls a transmitter, as its discovery document describes it. */
interface Transmitter {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly configuration_endpoint: string;
}

/** A verified security event token, and when it had come. */
export interface ReceivedEvent {
  readonly claims: JWTPayload;
  /** By `performance.now()`. */
  readonly receivedAt: number;
}

export interface CaepReceiver {
  /** Takes the first event that is `wanted`, come or to come. */
  waitFor(wanted: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
  /** Deletes the stream and stops listening. */
  stop(): Promise<void>;
}

const COMPLIANCE_CHANGE =
  'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change';

/**
 * A receiver of CAEP events on loopback, as anybody could write it: discovers the transmitter, creates a push stream
 * (RFC 8935), and takes each token that verifies by the published keys. It knows nothing of this system but its address.
 */
export async function startCaepReceiver(api: string, accessToken: string): Promise<CaepReceiver> {
  const discovery = await fetch(`${api}/.well-known/ssf-configuration`);
  const transmitter = (await discovery.json()) as Transmitter;
  const keys = createRemoteJWKSet(new URL(transmitter.jwks_uri));
  const secret = `Bearer ${randomBytes(24).toString('base64url')}`;
  const received: ReceivedEvent[] = [];
  const known = new Set<unknown>();
  const waiting = new Set<() => void>();
  let audience = '';

  const take = async (request: IncomingMessage): Promise<number> => {
    if (request.headers.authorization !== secret) return 401;
    const { payload: claims } = await jwtVerify(await readText(request), keys, {
      issuer: transmitter.issuer,
      audience,
      typ: 'secevent+jwt',
    });
    // What comes twice has one id.
    if (known.has(claims.jti)) return 202;
    known.add(claims.jti);
    received.push({ claims, receivedAt: performance.now() });
    for (const look of waiting) look();
    return 202;
  };
  const server = createServer((request, response) => {
    take(request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(400).end('{"err":"invalid_request"}'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stream = await callTransmitter(transmitter, 'POST', accessToken, {
    delivery: {
      method: 'urn:ietf:rfc:8935',
      endpoint_url: `http://127.0.0.1:${String(port)}/events`,
      authorization_header: secret,
    },
    events_requested: [COMPLIANCE_CHANGE],
  });
  audience = String(stream['aud']);

  return {
    waitFor: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          const at = received.findIndex(wanted);
          const [found] = at === -1 ? [] : received.splice(at, 1);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      const { configuration_endpoint: endpoint } = transmitter;
      const query = `?stream_id=${encodeURIComponent(String(stream['stream_id']))}`;
      await fetch(endpoint + query, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${accessToken}` },
      });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function callTransmitter(
  { configuration_endpoint: endpoint }: Transmitter,
  method: string,
  accessToken: string,
  json: object,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(endpoint, {
    method,
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
  if (!response.ok)
    throw new Error(`${method} ${endpoint} was answered ${String(response.status)}`);
  return (await response.json()) as Record<string, unknown>;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Whether these claims say that `deviceId` has become `status` (CAEP, device compliance change). */
export function isComplianceChange(claims: JWTPayload, deviceId: string, status: string): boolean {
  const subject = claims['sub_id'] as { readonly device?: { readonly sub?: string } } | undefined;
  const events = claims['events'] as Readonly<Record<string, { readonly current_status?: string }>>;
  return subject?.device?.sub === deviceId && events[COMPLIANCE_CHANGE]?.current_status === status;
}
