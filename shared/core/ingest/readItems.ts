import { ConnectorError } from '../../base/connectorError.ts';

export const MAX_BODY_SIZE_IN_BYTES = 1024 * 1024;
const MAX_ITEMS = 1000;

/** The items of a request body. */
export interface BodyItems {
  readonly items: readonly unknown[];
  /** Whether the body was no JSON in UTF-8, and is read as far as it can be. */
  readonly isRepaired: boolean;
}

/**
 * The items of an authenticated body: the elements of an array, or of a list `events`, or the single value. A network may
 * have any bytes for its name, and whoever names it must not make the threats beside it unreadable: bytes that are not
 * UTF-8 become U+FFFD, and raw control characters in texts become blanks.
 * @throws ConnectorError `invalidRequest` if it is not JSON all the same, `payloadTooLarge` above `MAX_ITEMS`.
 */
export function readItems(body: Uint8Array): BodyItems {
  const { value, isRepaired } = parseLenient(body);
  const items = toItems(value);
  if (items.length > MAX_ITEMS) {
    throw new ConnectorError(
      'payloadTooLarge',
      `the body holds ${String(items.length)} items; at most ${String(MAX_ITEMS)} are allowed`,
    );
  }
  return { items, isRepaired };
}

function toItems(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  const { events } = (value ?? {}) as { readonly events?: unknown };
  return Array.isArray(events) ? (events as unknown[]) : [value];
}

function parseLenient(body: Uint8Array): { readonly value: unknown; readonly isRepaired: boolean } {
  try {
    return { value: parseJson(body), isRepaired: false };
  } catch (error) {
    try {
      // oxlint-disable-next-line no-control-regex
      const text = new TextDecoder().decode(body).replaceAll(/[\u0000-\u001f]/g, ' ');
      return { value: JSON.parse(text), isRepaired: true };
    } catch {
      throw error;
    }
  }
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
