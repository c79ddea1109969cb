import { isIP, type BlockList } from 'node:net';
import { isAllowedAddress, isWithin } from './allowedAddress.ts';

/**
 * Whether requests to this URL are allowed: https to a name, or to an address that is public or allowed; http only to an
 * allowed address. Each request resolves and checks the name again, because it may lead elsewhere later.
 */
export function isReachableUrl(text: string, allowed: BlockList): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') return isWithin(address, allowed);
  return url.protocol === 'https:' && (isIP(address) === 0 || isAllowedAddress(address, allowed));
}

/** The same in words, for error messages. Networks that the operator allowed are not mentioned. */
export const REACHABLE_URL_IN_WORDS =
  'must be an https URL on the public internet, without a user name';
