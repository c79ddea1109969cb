const MAGIC = [0x1f, 0x8b] as const;

/** Whether these are the first bytes of a gzip stream (RFC 1952 section 2.3.1): not every writer names the coding. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === MAGIC[0] && bytes[1] === MAGIC[1];
}
