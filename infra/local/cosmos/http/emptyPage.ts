import { header, isSet, type CosmosReply, type CosmosRequest } from './cosmosRequest.ts';
import { toFeed } from './toFeed.ts';

/** A continuation that leads to the first page. */
const FIRST_PAGE = 'first-page';

/**
 * The reply to a query that found nothing so far: an empty page, with a continuation to the page that was wanted. Any
 * other request, and a query that is refused, keeps its reply. Cosmos DB replies like this if a query has used up its time or its request
 * units before it found a result (https://learn.microsoft.com/azure/cosmos-db/nosql/query/pagination).
 */
export function toEmptyPage(request: CosmosRequest, reply: CosmosReply): CosmosReply {
  if (reply.status !== 200 || !isSet(request, 'x-ms-documentdb-isquery')) return reply;
  const headers = {
    'x-ms-item-count': '0',
    'x-ms-continuation': header(request, 'x-ms-continuation') ?? FIRST_PAGE,
  };
  return { ...toFeed('', 'Documents', []), headers, charge: 1 };
}

/** The continuation of a request; `undefined` for the first page. */
export function continuationOf(request: CosmosRequest): string | undefined {
  const continuation = header(request, 'x-ms-continuation');
  return continuation === FIRST_PAGE ? undefined : continuation;
}
