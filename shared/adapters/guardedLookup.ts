import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { callbackify } from 'node:util';
import { OutgoingError } from '../core/ports/outgoing.ts';

export type IsAllowed = (address: string) => boolean;

/** Returns all addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** One forbidden address among several is an attack: the next connection might go there. */
export function requireAllowed(addresses: readonly string[], isAllowed: IsAllowed): void {
  if (addresses.length === 0 || !addresses.every(isAllowed))
    throw new OutgoingError('addressRefused', 'the address may not be reached');
}

/** Resolves a name, and fails unless every one of its addresses is allowed. */
export function guardedLookup(isAllowed: IsAllowed, resolve: Resolve = resolveAll): LookupFunction {
  const find = callbackify(async (hostname: string) => {
    const addresses = await resolve(hostname);
    requireAllowed(
      addresses.map(({ address }) => address),
      isAllowed,
    );
    return addresses;
  });
  return (hostname, { all }, callback) => {
    find(hostname, (error, addresses) => {
      // Without an error there is at least one checked address.
      if (error !== null) callback(error, '');
      else if (all === true) callback(null, [...addresses]);
      else callback(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };
}
