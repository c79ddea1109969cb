/** What is read of a request: the part of the runtime's `HttpRequest` that is used, so that nothing here needs it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  readonly params: Readonly<Record<string, string>>;
  readonly query: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is answered: the part of the runtime's `HttpResponseInit` that is used. */
export interface HttpReply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly jsonBody?: unknown;
  /** For what is no JSON; the header `content-type` says what it is. */
  readonly body?: string;
}
