import type { TSchema } from 'typebox';
import type { Role } from '../http/requireRole.ts';

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
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options';
  /** Below `/api`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: 'SEP Mobile' | 'Decisions' | 'Devices' | 'Configuration' | 'Operations';
  readonly summary: string;
  /** Any one of these roles; `signature`: the partner's webhook signature; `nobody`: open to all. */
  readonly access: readonly Role[] | 'signature' | 'nobody';
  /** The partner's signature does as well as a token. */
  readonly orSignature?: true;
  readonly parameters?: readonly Parameter[];
  readonly request?: {
    readonly contentTypes: readonly string[];
    readonly schema: TSchema;
    readonly example: unknown;
  };
  /** What the example is answered with. */
  readonly status: number;
  readonly answer?: TSchema;
  /** Other answers than the example's that are no errors, with what they mean. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** The errors that can come of it, besides those that every operation has. */
  readonly errors?: readonly number[];
}
