import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GraphReply } from './graphReply.ts';

/** The managed identity endpoint of App Service, and the tokens that it gave. */
export interface IdentityTokens {
  /** Answers `GET /msi/token` (learn.microsoft.com/azure/app-service/overview-managed-identity). */
  give(query: URLSearchParams, headers: IncomingHttpHeaders): GraphReply;
  isValid(authorization: string | undefined): boolean;
  /** Ends every token that was given. */
  expire(): void;
}

interface Options {
  /** What `IDENTITY_HEADER` holds. */
  readonly identityHeader: string;
  /** Whom the tokens are for. */
  readonly resource: () => string;
  readonly lifetimeInSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export function createIdentityTokens(options: Options): IdentityTokens {
  const { identityHeader, resource, lifetimeInSeconds, clock } = options;
  const endsAt = new Map<string, number>();
  return {
    give(query, headers) {
      if (headers['x-identity-header'] !== identityHeader)
        return refuse(401, 'the identity header is not the right one');
      if (query.get('resource') !== resource())
        return refuse(400, `the resource must be ${resource()}`);
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
