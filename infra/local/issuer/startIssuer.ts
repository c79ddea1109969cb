import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Provider, errors, type Adapter, type ClientMetadata, type JWKS } from 'oidc-provider';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';

/** An application that may request tokens, with the roles in them. */
export interface IssuerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly roles: readonly string[];
}

export interface IssuerOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  readonly audience: string;
  readonly clients: readonly IssuerClient[];
  /**
   * The file that stores the signing key, so tokens stay valid across restarts; without it each start has a new key.
   */
  readonly keyFile?: string;
}

const TOKEN_LIFETIME_IN_SECONDS = 3600;

/**
 * Starts an OpenID Connect issuer that issues application tokens as Entra does: client credentials,
 * `scope={audience}/.default`, the roles in the claim `roles`.
 */
export async function startIssuer(options: IssuerOptions): Promise<LocalPart> {
  // The issuer's name contains its port, which is known only once it listens.
  const server = createServer();
  const closeConnections = watchConnections(server);
  const address = await listenOnLoopback(server, options.port);
  const handle = createProvider(address, options).callback();
  const scope = `${options.audience}/.default`;
  server.on('request', (request, response) => {
    prepareTokenRequest(request, scope).then(
      (error) => {
        if (error === undefined) void handle(request, response);
        else sendError(response, error);
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
  const rolesByClient = new Map(clients.map(({ clientId, roles }) => [clientId, roles]));
  return new Provider(issuer, {
    jwks: readKeys(keyFile),
    adapter: EmptyStore,
    clients: clients.map((client) => toClientMetadata(client, scope)),
    scopes: [scope],
    cookies: { keys: ['not used: no browser calls this issuer'] },
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
      return { roles: rolesByClient.get(clientId) ?? [], azp: clientId, appid: clientId };
    },
    ttl: { ClientCredentials: TOKEN_LIFETIME_IN_SECONDS },
  });
}

function toClientMetadata({ clientId, clientSecret }: IssuerClient, scope: string): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope,
  };
}

/** An error response of a token endpoint (RFC 6749 section 5.2). */
interface TokenError {
  readonly error: string;
  readonly error_description: string;
}

function sendError(response: ServerResponse, error: TokenError): void {
  response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(error));
}

/**
 * Rewrites a token request so that the provider accepts it: the provider supports one method of client authentication
 * per client, Entra both (RFC 6749 section 2.3.1). Returns an error if the request has another scope.
 */
async function prepareTokenRequest(
  request: IncomingMessage,
  scope: string,
): Promise<TokenError | undefined> {
  if (request.method !== 'POST' || request.url !== '/token') return undefined;
  const form = new URLSearchParams(await readText(request));
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
  // The provider accepts a body that was already read, if it is text.
  Object.assign(request, { body: form.toString() });
  return undefined;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Stores nothing: tokens are signed, and the clients are configured. */
class EmptyStore implements Adapter {
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
