import {
  createDefaultHttpClient,
  type HttpClient,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';

/** Nothing came back of a read. The number is what the Cosmos DB client takes for a service that is not available. */
export class NoAnswerError extends Error {
  readonly code = 503;
}

/**
 * Sends for the Cosmos DB client. Where it finds its endpoints by itself, it tries a read that was not answered in time
 * 120 times, and a name that is not found for two minutes: whoever waits for a decision waits for minutes. Told that
 * the service is not available, it tries once more, in another region where there is one. A write that timed out it
 * does not repeat, so that it is told of that as it is; what becomes of a connection that was cut is left to it as
 * well.
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
