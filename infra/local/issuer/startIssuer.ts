import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Provider, errors, type Adapter, type JWKS } from 'oidc-provider';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';

/** An application that may ask for tokens, and what they let it do. */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly roles: readonly string[];
}

export interface IssuerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly audience: string;
  readonly clients: readonly IssuerClient[];
  /** Where the signing key stays, so that tokens outlive a restart; absent: a new key each time. */
  readonly keyFile?: string;
}

const TOKEN_LIFETIME_IN_SECONDS = 3600;

/**
 * An OpenID Connect issuer that gives applications tokens as Entra does: client credentials,
 * `scope={audience}/.default`, the roles in the claim `roles`.
 */
export async function startIssuer(options: IssuerOptions): Promise<LocalPart> {
  // The issuer's name holds its port, which is known only once it listens.
  const server = createServer();
  const closeConnections = watchConnections(server);
  const address = await listenOnLoopback(server, options.port);
  const handle = createProvider(address, options).callback();
  const scope = `${options.audience}/.default`;
  server.on('request', (request, response) => {
    prepareTokenRequest(request, scope).then(
      (refusal) => {
        if (refusal === undefined) void handle(request, response);
        else
          response
            .writeHead(400, { 'content-type': 'application/json' })
            .end(JSON.stringify(refusal));
      },
      () => response.destroy(),
    );
  });
  let stopped: Promise<void> | undefined;
  return {
    address,
    stop() {
      return (stopped ??= closeConnections());
    },
  };
}

function createProvider(issuer: string, { audience, clients, keyFile }: IssuerOptions): Provider {
  const scope = `${audience}/.default`;
  const rolesOf = new Map(clients.map(({ clientId, roles }) => [clientId, roles]));
  return new Provider(issuer, {
    jwks: readKeys(keyFile),
    adapter: NothingStored,
    clients: clients.map(({ clientId, clientSecret }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope,
    })),
    scopes: [scope],
    cookies: { keys: ['not used: no browser comes here'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource) {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            scope,
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: TOKEN_LIFETIME_IN_SECONDS,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    extraTokenClaims(_context, token) {
      const { clientId = '' } = token;
      return { roles: rolesOf.get(clientId) ?? [], azp: clientId, appid: clientId };
    },
    ttl: { ClientCredentials: TOKEN_LIFETIME_IN_SECONDS },
  });
}

/**
 * Makes a token request one that the provider takes: it knows one way of client authentication a client, Entra both
 * (RFC 6749 section 2.3.1). Returns what refuses it where it asks for another scope.
 */
async function prepareTokenRequest(
  request: IncomingMessage,
  scope: string,
): Promise<{ readonly error: string; readonly error_description: string } | undefined> {
  if (request.method !== 'POST' || request.url !== '/token') return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const basic = /^Basic +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':', 2);
    form.set('client_id', decodeURIComponent(id));
    form.set('client_secret', decodeURIComponent(secret));
    delete request.headers.authorization;
  }
  if (form.get('scope') !== scope) {
    return { error: 'invalid_scope', error_description: `the scope must be \`${scope}\`` };
  }
  // The provider takes a body that was read before it, as long as it is the text.
  Object.assign(request, { body: form.toString() });
  return undefined;
}

/** Nothing has to be kept: tokens are signed, and clients stand in the configuration. */
class NothingStored implements Adapter {
  upsert = (): Promise<void> => Promise.resolve();
  find = (): Promise<undefined> => Promise.resolve(undefined);
  findByUserCode = (): Promise<undefined> => Promise.resolve(undefined);
  findByUid = (): Promise<undefined> => Promise.resolve(undefined);
  consume = (): Promise<void> => Promise.resolve();
  destroy = (): Promise<void> => Promise.resolve();
  revokeByGrantId = (): Promise<void> => Promise.resolve();
}

function readKeys(file: string | undefined): JWKS {
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JWKS;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = {
    keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'local', use: 'sig', alg: 'RS256' }],
  };
  if (file !== undefined) writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}
