import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';

/** Nothing came back. The number is what the Cosmos DB client takes for a service that is not available. */
export class NoAnswerError extends Error {
  readonly code = 503;
}

/**
 * Sends for the Cosmos DB client. Where it finds its endpoints by itself, it tries a read that was not answered in time
 * 120 times, and a name that is not found for two minutes: whoever waits for a decision waits for minutes. Told that the
 * service is not available, it tries a read once more, in another region where there is one, and nothing else again.
 * What becomes of a connection that was cut is left to it.
 */
export function createCosmosHttpClient(inner: HttpClient = createDefaultHttpClient()): HttpClient {
  return {
    async sendRequest(request) {
      try {
        return await inner.sendRequest(request);
      } catch (error) {
        throw isUnanswered(error) ? new NoAnswerError(String(error), { cause: error }) : error;
      }
    },
  };
}

function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error.name === 'AbortError' || code === 'ENOTFOUND' || code === 'REQUEST_SEND_ERROR';
}
