import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { listenOnLoopback } from '../listenOnLoopback.ts';

/** The discovery document of a transmitter (OpenID Shared Signals Framework). */
interface Transmitter {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly configuration_endpoint: string;
}

/** A verified security event token, and its time of arrival. */
interface ReceivedEvent {
  readonly claims: JWTPayload;
  /** By `performance.now()`. */
  readonly receivedAt: number;
}

export interface CaepReceiver {
  /** Takes the first event, received already or later, for which `isWanted` returns true. */
  waitFor(isWanted: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
  /** Deletes the stream and stops listening. */
  stop(): Promise<void>;
}

const COMPLIANCE_CHANGE =
  'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change';

/**
 * Starts a receiver of CAEP events on loopback, with the standard only: it discovers the transmitter, creates a push
 * stream (RFC 8935), and accepts each token that it can verify with the published keys.
 */
export async function startCaepReceiver(api: string, accessToken: string): Promise<CaepReceiver> {
  const discovery = await fetch(`${api}/.well-known/ssf-configuration`);
  const transmitter = (await discovery.json()) as Transmitter;
  const keys = createRemoteJWKSet(new URL(transmitter.jwks_uri));
  const secret = `Bearer ${randomBytes(24).toString('base64url')}`;
  const inbox = new Inbox();
  let audience = '';

  const accept = async (request: IncomingMessage): Promise<number> => {
    if (request.headers.authorization !== secret) return 401;
    const { payload: claims } = await jwtVerify(await readText(request), keys, {
      issuer: transmitter.issuer,
      audience,
      typ: 'secevent+jwt',
    });
    inbox.add(claims);
    return 202;
  };
  const server = createServer((request, response) => {
    accept(request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(400).end('{"err":"invalid_request"}'),
    );
  });
  const address = await listenOnLoopback(server);
  const stream = await createStream(transmitter, accessToken, `${address}/events`, secret);
  audience = String(stream['aud']);

  return {
    waitFor: (isWanted) => inbox.waitFor(isWanted),
    async stop() {
      await deleteStream(transmitter, accessToken, String(stream['stream_id']));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The received events that no one has taken yet. */
class Inbox {
  private readonly events: ReceivedEvent[] = [];
  private readonly knownIds = new Set<unknown>();
  private readonly checks = new Set<() => void>();

  /** Adds an event; ignores one with a known id, which was delivered again. */
  add(claims: JWTPayload): void {
    if (this.knownIds.has(claims.jti)) return;
    this.knownIds.add(claims.jti);
    this.events.push({ claims, receivedAt: performance.now() });
    for (const check of this.checks) check();
  }

  waitFor(isWanted: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent> {
    return new Promise((resolve) => {
      const check = (): void => {
        const at = this.events.findIndex(isWanted);
        const [found] = at === -1 ? [] : this.events.splice(at, 1);
        if (found === undefined) return;
        this.checks.delete(check);
        resolve(found);
      };
      this.checks.add(check);
      check();
    });
  }
}

async function createStream(
  { configuration_endpoint: endpoint }: Transmitter,
  accessToken: string,
  receiverUrl: string,
  secret: string,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      delivery: {
        method: 'urn:ietf:rfc:8935',
        endpoint_url: receiverUrl,
        authorization_header: secret,
      },
      events_requested: [COMPLIANCE_CHANGE],
    }),
  });
  if (!response.ok) throw new Error(`POST ${endpoint} returned HTTP ${String(response.status)}`);
  return (await response.json()) as Record<string, unknown>;
}

async function deleteStream(
  { configuration_endpoint: endpoint }: Transmitter,
  accessToken: string,
  streamId: string,
): Promise<void> {
  await fetch(`${endpoint}?stream_id=${encodeURIComponent(streamId)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${accessToken}` },
  });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Whether the claims report that `deviceId` has changed to `status` (CAEP, device compliance change). */
export function isComplianceChange(claims: JWTPayload, deviceId: string, status: string): boolean {
  const subject = claims['sub_id'] as { readonly device?: { readonly sub?: string } } | undefined;
  const events = claims['events'] as Readonly<Record<string, { readonly current_status?: string }>>;
  return subject?.device?.sub === deviceId && events[COMPLIANCE_CHANGE]?.current_status === status;
}
