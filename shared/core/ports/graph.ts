/** One request to Microsoft Graph. */
export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below the endpoint, as `/devices/delta`, or a whole link that Graph gave. */
  readonly url: string;
  readonly body?: object;
}

/** What Graph answered; a status that is no success is an answer. */
export interface GraphAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Graph's own `error.code`; empty where there is none. */
  readonly code: string;
  readonly retryAfterInSeconds?: number;
  /** Where a 410 says to begin anew. */
  readonly location?: string;
}

/** More than that in one batch is refused by Graph. */
export const MAX_BATCH_SIZE = 20;

/** Microsoft Graph, as the application that this system is. */
export interface Graph {
  /**
   * A link that leads elsewhere than to Graph is not followed, and answered 410 as one that is gone.
   * @throws ConnectorError `serviceNotAvailable` where there was no answer, or no token; safe to retry.
   */
  send(request: GraphRequest, signal?: AbortSignal): Promise<GraphAnswer>;
  /** The answers to at most 20 requests, in their order, each with its own status. @throws as `send`. */
  batch(requests: readonly GraphRequest[], signal?: AbortSignal): Promise<readonly GraphAnswer[]>;
}
