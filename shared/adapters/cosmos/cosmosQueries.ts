import type { Container, FeedOptions, SqlQuerySpec } from '@azure/cosmos';
import type { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import type { Page } from '../../core/ports/page.ts';
import { callCosmos, tryCosmos } from './callCosmos.ts';

const DEVICE_ID_PAGE_SIZE = 100;

/** Every result of a query. */
export async function queryAll<T>(
  container: Container,
  query: string | SqlQuerySpec,
  options: FeedOptions = {},
): Promise<readonly T[]> {
  const { resources } = await callCosmos(() => container.items.query<T>(query, options).fetchAll());
  return resources;
}

interface PageOptions {
  readonly partitionKey?: string;
  readonly top: number;
  readonly continuation: string | undefined;
}

const BAD_REQUEST = 400;

/**
 * One page of the results of a query.
 * @throws ConnectorError `invalidRequest` if Cosmos DB rejects the continuation, and what `callCosmos` throws.
 */
export async function queryPage<T>(
  container: Container,
  query: string | SqlQuerySpec,
  { partitionKey, top, continuation }: PageOptions,
): Promise<Page<T>> {
  const options: FeedOptions = {
    maxItemCount: top,
    ...defined({ partitionKey, continuationToken: continuation }),
  };
  const answer = await tryCosmos(
    () => container.items.query<T>(query, options).fetchNext(),
    continuation === undefined ? [] : [BAD_REQUEST],
  );
  if (!answer.ok) throw invalidContinuation();
  const { resources, continuationToken } = answer.value;
  return {
    items: resources,
    ...(continuationToken ? { continuation: continuationToken } : {}),
  };
}

function invalidContinuation(): ConnectorError {
  const problem = { path: '$skiptoken', message: 'must be taken from an `@odata.nextLink`' };
  return invalidRequest('the list cannot be continued from there', problem);
}

/** The results of a query, page by page. */
export async function* queryPages<T>(
  container: Container,
  query: string | SqlQuerySpec,
  pageSize: number,
): AsyncIterable<readonly T[]> {
  const pages = container.items.query<T>(query, { maxItemCount: pageSize });
  while (pages.hasMoreResults()) {
    const { resources } = await callCosmos(() => pages.fetchNext());
    if (resources.length > 0) yield resources;
  }
}

/** The ids of the devices whose documents match `where` at `@moment`, in pages of a hundred. */
export function pagesOfDeviceIds(
  container: Container,
  where: string,
  moment: DateTime,
): AsyncIterable<readonly string[]> {
  const query = `SELECT VALUE c.deviceId FROM c WHERE ${where}`;
  const parameters = [{ name: '@moment', value: moment }];
  return queryPages<string>(container, { query, parameters }, DEVICE_ID_PAGE_SIZE);
}
