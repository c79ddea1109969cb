import { ConnectorError } from '../../base/connectorError.ts';
import {
  MAX_BATCH_SIZE,
  type Graph,
  type GraphAnswer,
  type GraphRequest,
} from '../../core/ports/graph.ts';

interface Waiting {
  readonly request: GraphRequest;
  readonly resolve: (answer: GraphAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Sends a request together with other waiting requests. Returns its answer, or fails soon after `signal` aborts. */
export type SendCollected = (request: GraphRequest, signal: AbortSignal) => Promise<GraphAnswer>;

/**
 * Collects requests into batches. Requests that arrive while a batch is in flight go into the next batch. There is one
 * batch at a time, because Graph lets an application write only about 20 objects a second.
 * @throws ConnectorError `serviceNotAvailable` if Graph does not answer in time.
 */
export function collectRequests(graph: Graph): SendCollected {
  const waiting: Waiting[] = [];
  let isSending = false;

  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH_SIZE);
      try {
        const answers = await graph.batch(batch.map(({ request }) => request));
        for (const [index, { resolve }] of batch.entries()) {
          const answer = answers[index];
          if (answer !== undefined) resolve(answer);
        }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isSending = false;
  };

  return (request, signal) =>
    new Promise((resolve, reject) => {
      const entry = { request, resolve, reject };
      waiting.push(entry);
      const giveUp = (): void => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        reject(new ConnectorError('serviceNotAvailable', 'Graph did not answer in time'));
      };
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      if (isSending) return;
      isSending = true;
      setImmediate(() => void sendAll());
    });
}
