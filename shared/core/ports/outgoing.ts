/** A request to an address that an outsider supplied. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
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

/** An answer whose body is read while it arrives, unpacked if it is gzip. Not reading it to its end closes the connection. */
export interface OpenAnswer extends Omit<OutgoingAnswer, 'body'> {
  /** Throws `OutgoingError` if the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Why there was no answer. */
export class OutgoingError extends Error {
  readonly code:
    | 'addressRefused'
    | 'certificateInvalid'
    | 'timedOut'
    | 'unreachable'
    /** The answer, or the connection before it, broke off. */
    | 'interrupted';

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
  /** The same, with the whole body as it arrives. @throws OutgoingError if there was no answer. */
  open(request: OutgoingRequest): Promise<OpenAnswer>;
  /** Closes the idle connections. */
  close(): void;
}
