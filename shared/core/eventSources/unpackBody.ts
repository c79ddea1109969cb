import { constants, gunzipSync } from 'node:zlib';
import { ConnectorError } from '../../base/connectorError.ts';
import { MAX_BODY_SIZE_IN_BYTES } from '../ingest/readItems.ts';
import { isGzip } from './isGzip.ts';

/**
 * The body as text bytes: unpacked if it is gzip (RFC 1952, by its first bytes, since not every sender names the coding,
 * and some name it for a body that another has unpacked). Stops at the first byte too many, so a small body cannot unpack
 * into a large one. Of a cut body what comes before the cut is unpacked.
 * @throws ConnectorError `payloadTooLarge` above 1 MiB, `invalidRequest` for a broken one.
 */
export function unpackBody(body: Uint8Array): Uint8Array {
  if (!isGzip(body)) return body;
  try {
    return gunzipSync(body, {
      maxOutputLength: MAX_BODY_SIZE_IN_BYTES,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new ConnectorError(
        'payloadTooLarge',
        `the unpacked body is too large: at most ${String(MAX_BODY_SIZE_IN_BYTES)} bytes are allowed`,
        { cause },
      );
    throw new ConnectorError('invalidRequest', 'the body cannot be unpacked as gzip', { cause });
  }
}
