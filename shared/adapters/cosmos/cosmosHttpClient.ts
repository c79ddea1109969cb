import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';

/** A request got no answer. To the Cosmos DB client, code 503 means that the service is not available. */
export class NoAnswerError extends Error {
  readonly code = 503;
}

/**
 * The HTTP client of the Cosmos DB client. With endpoint discovery, the Cosmos DB client retries a read that timed out
 * 120 times, and an unknown name for two minutes, so decisions would wait for minutes. After a 503 it retries once, in
 * another region if there is one. It does not retry a write that timed out, so that error passes unchanged; so do cut
 * connections.
 */
export function createCosmosHttpClient(inner: HttpClient = createDefaultHttpClient()): HttpClient {
  return {
    async sendRequest(request) {
      try {
        return await inner.sendRequest(request);
      } catch (error) {
        throw isUnanswered(request, error)
          ? new NoAnswerError(String(error), { cause: error })
          : error;
      }
    },
  };
}

function isUnanswered({ method, headers }: PipelineRequest, error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  const isRead = method === 'GET' || headers.has('x-ms-documentdb-isquery');
  return (
    (isRead && error.name === 'AbortError') || code === 'ENOTFOUND' || code === 'REQUEST_SEND_ERROR'
  );
}
