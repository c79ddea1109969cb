import type { Container } from './container.ts';
import { isTtl } from './containerDefinition.ts';
import { badRequest, CosmosError } from './cosmosError.ts';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';

/** The condition of a request. */
export interface Precondition {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** @throws CosmosError 412 if the current `etag` does not meet the condition. */
export function assertPrecondition(etag: string, { ifMatch, ifNoneMatch }: Precondition): void {
  const isMet =
    (ifMatch === undefined || ifMatch === '*' || ifMatch === etag) &&
    (ifNoneMatch === undefined || (ifNoneMatch !== '*' && ifNoneMatch !== etag));
  if (!isMet) throw new CosmosError(412, 'One of the specified pre-condition is not met');
}

/** An item's own time to live in seconds; `null` if it has none. @throws CosmosError 400. */
export function toTtl(item: JsonObject): number | null {
  const { ttl } = item;
  if (ttl === undefined || ttl === null) return null;
  if (!isTtl(ttl))
    throw badRequest('The input ttl is invalid: it must be -1 or a positive number.');
  return ttl;
}

/** When an item expires, in seconds since 1970; `null` means never. */
export function toExpiry(
  { defaultTtl }: Container,
  ttl: number | null,
  now: number,
): number | null {
  if (defaultTtl === undefined) return null;
  const seconds = ttl ?? defaultTtl;
  return seconds > 0 ? now + seconds : null;
}

/** Whether an item that expires at `expires` has expired. */
export function hasExpired(expires: unknown, now: number): boolean {
  return typeof expires === 'number' && expires <= now;
}
