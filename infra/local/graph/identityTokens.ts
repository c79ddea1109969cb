import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphReply } from './graphReply.ts';

/** The managed identity endpoint of App Service, with the tokens that it issued. */
export interface IdentityTokens {
  /** Answers `GET /msi/token` (learn.microsoft.com/azure/app-service/overview-managed-identity). */
  issue(query: URLSearchParams, headers: IncomingHttpHeaders): GraphReply;
  isValid(authorization: string | undefined): boolean;
  /** Expires every issued token. */
  expire(): void;
}

interface Options {
  /** The value of `IDENTITY_HEADER`. */
  readonly identityHeader: string;
  /** The resource that the tokens are for. */
  readonly resource: () => string;
  readonly lifetimeInSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function createIdentityTokens(options: Options): IdentityTokens {
  const { identityHeader, resource, lifetimeInSeconds, clock } = options;
  const endsAt = new Map<string, number>();
  return {
    issue(query, headers) {
      if (headers['x-identity-header'] !== identityHeader)
        return refuse(401, 'the header `x-identity-header` is wrong');
      if (query.get('resource') !== resource())
        return refuse(400, `the resource must be \`${resource()}\``);
      const token = randomBytes(32).toString('base64url');
      const end = Math.floor(clock() / 1000) + lifetimeInSeconds;
      endsAt.set(token, end * 1000);
      return {
        status: 200,
        body: {
          access_token: token,
          expires_on: String(end),
          resource: resource(),
          token_type: 'Bearer',
          client_id: query.get('client_id') ?? 'local',
        },
      };
    },
    isValid(authorization) {
      const end = endsAt.get(/^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '');
      return end !== undefined && end > clock();
    },
    expire: () => endsAt.clear(),
  };
}

function refuse(statusCode: number, message: string): GraphReply {
  return { status: statusCode, body: { statusCode, message, correlationId: null } };
}
