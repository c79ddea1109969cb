import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Not public: IANA's special-purpose registries (RFC 6890 and its successors), and addresses at which clouds give their
 * machines secrets.
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
  // Azure's server for its own machines.
  '168.63.129.16/32',
];

/** Only global unicast addresses are public in IPv6, except these: not public, or with an IPv4 address inside. */
const GLOBAL_UNICAST = '2000::/3';
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const special = toBlockList([...SPECIAL_IPV4, ...SPECIAL_IPV6]);
const global = toBlockList([GLOBAL_UNICAST]);

/** Each network is `address/prefix`. @throws TypeError for any other text. */
export function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    const family = isIP(address);
    const isPrefix = /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
    if (family === 0 || !isPrefix) throw new TypeError(`\`${network}\` is not a network`);
    list.addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether `address` is in one of `networks`. */
export function isWithin(address: string, networks: BlockList): boolean {
  return isIP(address) !== 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whether a connection may go to `address`: it is public, or in an allowed network. */
export function isAllowedAddress(address: string, allowed: BlockList): boolean {
  if (isIP(address) === 0) return false;
  if (isWithin(address, allowed)) return true;
  return !isWithin(address, special) && (!isIPv6(address) || isWithin(address, global));
}
