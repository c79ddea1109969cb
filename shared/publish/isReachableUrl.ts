import type { BlockList } from 'node:net';
import { isWithin } from './allowedAddress.ts';

/**
 * Whether anything can be sent to `text` at all: https, or http to an address that stands in a network that is allowed. To
 * where a name leads is looked at when it is sent: it may lead elsewhere by then.
 */
export function isReachableUrl(text: string, allowed: BlockList): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  const address = url.hostname.replace(/^\[|\]$/g, '');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isWithin(address, allowed));
}
