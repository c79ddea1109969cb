import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest } from '../graph/graphReply.ts';

/** @throws GraphError 400 naming a property that the resource does not have, or that is read-only. */
export function requireKnown(body: JsonObject, properties: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !properties.includes(name));
  if (unknown !== undefined) throw badRequest(`Invalid property '${unknown}'.`);
}
