import { ConnectorError } from '../../base/connectorError.ts';

export const MAX_BODY_SIZE_IN_BYTES = 1024 * 1024;
const MAX_ITEMS = 1000;

/**
 * The items of a request body: the elements of an array, or the single value.
 * @throws ConnectorError `invalidRequest` if the bytes are not JSON in UTF-8, `payloadTooLarge` above `MAX_ITEMS`.
 */
export function readItems(body: Uint8Array): readonly unknown[] {
  const value = parseJson(body);
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  if (items.length > MAX_ITEMS) {
    throw new ConnectorError(
      'payloadTooLarge',
      `the body holds ${String(items.length)} items; at most ${String(MAX_ITEMS)} are allowed`,
    );
  }
  return items;
}

/** The JSON value in `body`. @throws ConnectorError `invalidRequest` if it is not JSON in UTF-8. */
export function parseJson(body: Uint8Array): unknown {
  try {
    // RFC 8259 section 8.1: JSON between systems is UTF-8. Lenient decoding would give two bodies the same meaning.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new ConnectorError('invalidRequest', 'the body is not valid JSON in UTF-8', {
      details: [{ path: '', message: cause instanceof Error ? cause.message : 'is not JSON' }],
      cause,
    });
  }
}
