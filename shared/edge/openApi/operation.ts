import type { TSchema } from 'typebox';
import type { Role } from '../../core/ports/tokens.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: TSchema;
  /** A value for the example request. Without one the example omits the parameter. */
  readonly example?: string | number;
}

/** One method of one path of the API. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';
  /** Below `/api`, except well-known paths. */
  readonly path: string;
  readonly operationId: string;
  readonly tag:
    | 'SEP Mobile'
    | 'Event sources'
    | 'Decisions'
    | 'Event streams'
    | 'Webhooks'
    | 'Devices'
    | 'Configuration'
    | 'Operations';
  readonly summary: string;
  /**
   * Roles, any one of which is enough; `signature`: the partner's webhook signature; `entra`, `cloudflare`: a token
   * that only this service gets; `anonymous`: no authentication.
   */
  readonly access: readonly Role[] | 'signature' | 'entra' | 'cloudflare' | 'anonymous';
  /** The partner's signature may replace the token. */
  readonly orSignature?: true;
  /** The secret of an event source may replace the token. */
  readonly orSourceSecret?: true;
  readonly parameters?: readonly Parameter[];
  readonly request?: {
    readonly contentTypes: readonly string[];
    readonly schema: TSchema;
    readonly example: unknown;
  };
  /** The status of the answer to the example. Some protocols block access with the status of an error. */
  readonly status: number;
  readonly answer?: TSchema;
  /** The type of an answer that is not JSON. */
  readonly answerType?: 'text/html' | 'application/xml';
  /** The meaning of further statuses that are not errors. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /**
   * The meaning of the statuses by which the caller's own protocol blocks access. The connector sends no body with
   * them.
   */
  readonly refusals?: Readonly<Record<number, string>>;
  /**
   * Errors have the form of the caller's own protocol too, so `refusals` has every status that does not allow access.
   */
  readonly hasOwnErrors?: boolean;
  /** Further errors, besides those of every operation. */
  readonly errors?: readonly number[];
}
