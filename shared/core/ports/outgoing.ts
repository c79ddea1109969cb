/** A request to an address that somebody outside has named. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'OPTIONS';
  /** `https:`, or `http:` on a network that is allowed. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** What was answered; of the body the first 16 KiB. A redirect is an answer, and is not followed. */
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
 * Sends requests into the open without being sent somewhere else: the name is resolved once, every address it has must
 * be public or allowed, and the connection goes to one of these very addresses (OWASP, server-side request forgery).
 */
export interface OutgoingClient {
  /** @throws OutgoingError where there was no answer. */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>;
  /** Ends the connections that are kept. */
  close(): void;
}
