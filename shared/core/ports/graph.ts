/** One request to Microsoft Graph. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** A path below the endpoint, such as `/devices/delta`, or a whole link from Graph. */
  readonly url: string;
  readonly body?: object;
}

/** Graph's answer, with any status. */
export interface GraphAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Graph's own `error.code`; empty if it sent none. */
  readonly code: string;
  readonly retryAfterInSeconds?: number;
  /** The link in a 410 at which to start over. */
  readonly location?: string;
}

/** Graph rejects larger batches. */
export const MAX_BATCH_SIZE = 20;

/** Microsoft Graph, called with this system's own identity. */
export interface Graph {
  /**
   * A link to another origin is not followed; it is answered with 410, like an expired link.
   * @throws ConnectorError `serviceNotAvailable` if there was no answer or no token; safe to retry.
   */
  send(request: GraphRequest, signal?: AbortSignal): Promise<GraphAnswer>;
  /**
   * Sends at most `MAX_BATCH_SIZE` requests. Returns their answers in order, each with its own status. @throws as
   * `send`.
   */
  batch(requests: readonly GraphRequest[], signal?: AbortSignal): Promise<readonly GraphAnswer[]>;
}
