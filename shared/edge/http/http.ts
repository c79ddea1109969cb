import type { ReadableStream } from 'node:stream/web';

/** The part of the runtime's `HttpRequest` that is used, so that only `functions/` needs its package. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly params: Readonly<Record<string, string>>;
  readonly query: { get(name: string): string | null };
  /** The body as it arrives if the app streams, otherwise what the host has read; `null` if there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The part of the runtime's `HttpResponseInit` that is used. */
export interface HttpReply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly jsonBody?: unknown;
  /** A body that is not JSON. The header `content-type` names its type. */
  readonly body?: string | Uint8Array;
}
