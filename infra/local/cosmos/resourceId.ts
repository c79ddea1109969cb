/** Resource ids in Cosmos DB's format: 4 bytes for a database, 4 more for a container, 8 more for an item. */

function toRid(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-');
}

/** The resource id of a database. */
export function databaseRid(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return toRid(bytes);
}

/** The resource id of a container. */
export function containerRid(databaseNumber: number, number: number): string {
  return toRid(containerBytes(databaseNumber, number));
}

function containerBytes(databaseNumber: number, number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(databaseNumber);
  bytes.writeUInt32BE(number, 4);
  return bytes;
}

/** The resource id of an item. Clients order items of equal rank by its last 8 bytes, little-endian. */
export function itemRid(containersRid: string, sequence: number): string {
  const bytes = Buffer.alloc(16);
  bytes.write(containersRid.replaceAll('-', '/'), 'base64');
  bytes.writeBigUInt64LE(BigInt(sequence), 8);
  return toRid(bytes);
}
