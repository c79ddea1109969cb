import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * What is not the open internet: the special-purpose registries of IANA (RFC 6890 and its successors), and the addresses
 * at which clouds tell their machines secrets.
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's own server for its machines.
  '168.63.129.16/32',
];

/** Of IPv6 only global unicast is public at all; within it these are not, or carry an IPv4 address inside. */
const GLOBAL_UNICAST = '2000::/3';
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const special = toBlockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global = toBlockList([GLOBAL_UNICAST]);

/** The networks, each as `address/prefix`. @throws TypeError where one is none. */
export function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    const family = isIP(address);
    const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
    if (family === 0 || !isPrefix) throw new TypeError(`\`${network}\` is no network`);
    list.addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether `address` is in one of `networks`. */
export function isWithin(address: string, networks: BlockList): boolean {
  return isIP(address) !== 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether a connection may go to `address`: it is in the open internet, or in a network that is allowed. */
export function isAllowedAddress(address: string, allowed: BlockList): boolean {
  if (isIP(address) === 0) return false;
  if (isWithin(address, allowed)) return true;
  return !isWithin(address, special) && (!isIPv6(address) || isWithin(address, global));
}
