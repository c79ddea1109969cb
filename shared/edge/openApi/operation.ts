import type { TSchema } from 'typebox';
import type { Role } from '../../core/ports/tokens.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: TSchema;
  /** A value with which the request works; without one the example leaves the parameter out. */
  readonly example?: string | number;
}

/** One method of one path of the outer interface. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';
  /** Below `/api`, apart from what is well known. */
  readonly path: string;
  readonly operationId: string;
  readonly tag:
    | 'SEP Mobile'
    | 'Decisions'
    | 'Event streams'
    | 'Webhooks'
    | 'Devices'
    | 'Configuration'
    | 'Operations';
  readonly summary: string;
  /**
   * Any one of these roles; `signature`: the partner's webhook signature; `entra`, `cloudflare`: a token that this
   * service alone is given; `nobody`: open to all.
   */
  readonly access: readonly Role[] | 'signature' | 'entra' | 'cloudflare' | 'nobody';
  /** The partner's signature does as well as a token. */
  readonly orSignature?: true;
  readonly parameters?: readonly Parameter[];
  readonly request?: {
    readonly contentTypes: readonly string[];
    readonly schema: TSchema;
    readonly example: unknown;
  };
  /** What the example is answered with: a caller's protocol may say `no` by an error's status. */
  readonly status: number;
  readonly answer?: TSchema;
  /** Where the answer is no JSON. */
  readonly answerType?: 'text/html' | 'application/xml';
  /** Other answers than the example's that are no errors, with what they mean. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** How the caller's own protocol says `no`, by status; these have no body of ours. */
  readonly refusals?: Readonly<Record<number, string>>;
  /** Errors, too, are told in the caller's own protocol: `refusals` holds every status that is no `yes`. */
  readonly hasOwnErrors?: boolean;
  /** The errors that can come of it, besides those that every operation has. */
  readonly errors?: readonly number[];
}
