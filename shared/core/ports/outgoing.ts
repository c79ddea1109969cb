/** A request to an address that an outsider supplied. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'OPTIONS';
  /** `https:`, or `http:` in an allowed network. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The receiver's answer, with the first 16 KiB of its body. A redirect is an answer; it is not followed. */
export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
}

/** Why there was no answer. */
export class OutgoingError extends Error {
  readonly code: 'addressRefused' | 'timedOut' | 'unreachable';

  constructor(code: OutgoingError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'OutgoingError';
    this.code = code;
  }
}

/**
 * Sends requests to the internet without being lured into the internal network: the name is resolved once, every one of
 * its addresses must be public or allowed, and the connection goes to one of these addresses (OWASP, server-side
 * request forgery).
 */
export interface OutgoingClient {
  /** @throws OutgoingError if there was no answer. */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Closes the idle connections. */
  close(): void;
}
