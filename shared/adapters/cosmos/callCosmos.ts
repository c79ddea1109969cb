import { ConnectorError } from '../../base/connectorError.ts';
import { NoAnswerError } from './cosmosHttpClient.ts';

/** The answer of Cosmos DB: a value, or the status of an error that the caller expected. */
export type CosmosAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number };

/** Faults of the request itself: Cosmos DB would reject the same request again. */
const OWN_FAULTS: ReadonlySet<number | undefined> = new Set([400, 413]);

/** Runs `call`. @throws what `toStoreFault` makes of an error. */
export async function callCosmos<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toStoreFault(error);
  }
}

/**
 * Runs `call`; an error with one of the `expected` statuses is an answer. @throws as `callCosmos` for every other
 * error.
 */
export async function tryCosmos<T>(
  call: () => Promise<T>,
  expected: readonly number[],
): Promise<CosmosAnswer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    const status = cosmosStatus(error);
    if (status !== undefined && expected.includes(status)) return { ok: false, status };
    throw toStoreFault(error);
  }
}

/** `error` as the core knows it: transient, unless the request itself was at fault. */
function toStoreFault(error: unknown): unknown {
  const status = cosmosStatus(error);
  if (error instanceof ConnectorError || OWN_FAULTS.has(status)) return error;
  if (status === 429) {
    return new ConnectorError('activityLimitReached', 'Cosmos DB is throttling', { cause: error });
  }
  const what = status === undefined ? 'does not answer' : `answers ${String(status)}`;
  return new ConnectorError('serviceNotAvailable', `Cosmos DB ${what}`, { cause: error });
}

/** The status of an error that Cosmos DB returned; `undefined` if it did not answer. */
function cosmosStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  if (error instanceof NoAnswerError) return undefined;
  return typeof error.code === 'number' ? error.code : undefined;
}
