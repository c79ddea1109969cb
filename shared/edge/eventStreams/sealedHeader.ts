import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { EventStream } from './eventStream.ts';
import { PUSH, type SealedHeader } from './streamDelivery.ts';

const CIPHER = 'aes-256-gcm';
const KEY_LENGTH = 32;
/** The length that NIST SP 800-38D section 8.2.2 asks of a random nonce. */
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
const KEY_ID_LENGTH = 12;

/**
 * The stream with the header of its push delivery sealed by the newest key, so the database and its backups hold no
 * secret of a receiver. The same object if there is nothing to seal, or no key opens it.
 */
export function sealStream({ signingKeys }: SsfConfig, stream: EventStream): EventStream {
  const { delivery } = stream;
  if (delivery.method !== PUSH) return stream;
  const { authorization_header: clear, sealed_header: sealed, ...rest } = delivery;
  const [newest] = signingKeys;
  if (clear === undefined && (sealed === undefined || sealed.key_id === toKeyId(newest)))
    return stream;
  const header = clear ?? openSealed(signingKeys, stream.id, sealed);
  return header === undefined
    ? stream
    : { ...stream, delivery: { ...rest, sealed_header: seal(newest, stream.id, header) } };
}

/**
 * The header of a push delivery, also of a stream that was stored before headers were sealed; `undefined` if there is
 * none.
 * @throws HeaderSealedError if the key that sealed it is no longer set.
 */
export function openHeader({ signingKeys }: SsfConfig, stream: EventStream): string | undefined {
  const { delivery } = stream;
  if (delivery.method !== PUSH) return undefined;
  const { authorization_header: clear, sealed_header: sealed } = delivery;
  if (clear !== undefined || sealed === undefined) return clear;
  const header = openSealed(signingKeys, stream.id, sealed);
  if (header === undefined) throw new HeaderSealedError();
  return header;
}

/** The receiver has to write its header again. */
export class HeaderSealedError extends Error {
  constructor() {
    super('the key that sealed the `authorization_header` is no longer set');
    this.name = 'HeaderSealedError';
  }
}

/** The stream's id is authenticated too, so a sealed header cannot be moved to the stream of another receiver. */
function seal(key: KeyObject, streamId: string, header: string): SealedHeader {
  const nonce = randomBytes(NONCE_LENGTH);
  const cipher = createCipheriv(CIPHER, toSealingKey(key), nonce);
  cipher.setAAD(toContext(streamId));
  const sealed = Buffer.concat([cipher.update(header, 'utf8'), cipher.final()]);
  const value = Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
  return { key_id: toKeyId(key), value };
}

function openSealed(
  keys: readonly KeyObject[],
  streamId: string,
  sealed: SealedHeader | undefined,
): string | undefined {
  const key = keys.find((each) => toKeyId(each) === sealed?.key_id);
  if (key === undefined || sealed === undefined) return undefined;
  const bytes = Buffer.from(sealed.value, 'base64url');
  try {
    const decipher = createDecipheriv(CIPHER, toSealingKey(key), bytes.subarray(0, NONCE_LENGTH), {
      authTagLength: TAG_LENGTH,
    });
    decipher.setAAD(toContext(streamId));
    decipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
    const content = bytes.subarray(NONCE_LENGTH, -TAG_LENGTH);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString();
  } catch {
    return undefined;
  }
}

function toContext(streamId: string): Buffer {
  return Buffer.from(`eventStream ${streamId} authorization_header`);
}

/** A key of its own, derived from the signing key (RFC 5869), so no key serves two purposes. */
function toSealingKey(key: KeyObject): Buffer {
  const secret = key.export({ type: 'pkcs8', format: 'der' });
  const info = 'eventStream authorization_header';
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, KEY_LENGTH));
}

/** A name for a key that does not reveal it. */
function toKeyId(key: KeyObject): string {
  return createHash('sha256').update(toSealingKey(key)).digest('base64url').slice(0, KEY_ID_LENGTH);
}
