import type { CosmosReply } from './cosmosRequest.ts';

/** A reply that lists resources, which are JSON texts, under the name of their kind. */
export function toFeed(rid: string, kind: string, resources: readonly string[]): CosmosReply {
  const body = `{"_rid":${JSON.stringify(rid)},"${kind}":[${resources.join(',')}],"_count":${resources.length}}`;
  return { status: 200, body };
}
