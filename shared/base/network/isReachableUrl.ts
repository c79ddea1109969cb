import { isIP, type BlockList } from 'node:net';
import { isAllowedAddress, isWithin } from './allowedAddress.ts';

/**
 * Whether anything can be sent to `text` at all: https, not to an address that is neither public nor allowed, or http to an
 * address that is allowed. To where a name leads is looked at when it is sent: it may lead elsewhere by then.
 */
export function isReachableUrl(text: string, allowed: BlockList): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') return isWithin(address, allowed);
  return url.protocol === 'https:' && (isIP(address) === 0 || isAllowedAddress(address, allowed));
}
