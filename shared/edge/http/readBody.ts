import { isJsonObject } from '../../base/jsonObject.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { MAX_BODY_SIZE_IN_BYTES, parseJson } from '../../core/ingest/readItems.ts';
import type { HttpRequest } from './http.ts';
import { ReplyError } from './replyError.ts';

/**
 * The bytes of the body.
 * @throws ConnectorError `payloadTooLarge` above 1 MiB: unread if `content-length` announces it, otherwise at the first
 * byte too many; `unsupportedMediaType` for a body in another content coding than `codings`, unread; `invalidRequest` if
 * it does not arrive whole.
 */
export async function readBody(
  request: HttpRequest,
  codings: readonly string[] = ['identity'],
): Promise<Uint8Array> {
  requireCoding(request, codings);
  rejectAboveLimit(Number(request.headers.get('content-length') ?? 0));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.byteLength;
    rejectAboveLimit(size);
    chunks.push(chunk);
  }
  const [first, ...others] = chunks;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(chunks);
}

/**
 * The body in parts. It is never cancelled: while the app streams, that would close the connection before the reply.
 */
async function* chunksOf({ body }: HttpRequest): AsyncIterable<Uint8Array> {
  if (body === null) return;
  try {
    yield* body.values({ preventCancel: true });
  } catch (cause) {
    // The sender has gone, or the host has stopped reading: no fault of the connector, so not an error in its log.
    throw new ConnectorError('invalidRequest', 'the body ended early', { cause });
  }
}

function rejectAboveLimit(size: number): void {
  if (size <= MAX_BODY_SIZE_IN_BYTES) return;
  throw new ConnectorError(
    'payloadTooLarge',
    `the body is too large: at most ${String(MAX_BODY_SIZE_IN_BYTES)} bytes are allowed`,
  );
}

/**
 * Rejects a body in another content coding by name (RFC 9110 section 15.5.16: `Accept-Encoding` says what is accepted).
 * @throws ConnectorError `unsupportedMediaType` for any content coding that is not in `allowed`.
 */
export function requireCoding({ headers }: HttpRequest, allowed: readonly string[]): void {
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',');
  if (codings.every((coding) => ['', ...allowed].includes(coding.trim()))) return;
  const [only, ...others] = allowed;
  const advice = others.length === 0 && only === 'identity' ? ', send the body uncompressed' : '';
  throw new ReplyError(
    'unsupportedMediaType',
    `content encoding \`${codings.join(',')}\` is not supported${advice}`,
    { 'accept-encoding': allowed.join(', ') },
  );
}

/**
 * The media type of the body in lower case.
 * @throws ConnectorError `unsupportedMediaType` if it is not in `allowed`.
 */
export function requireContentType(request: HttpRequest, allowed: readonly string[]): string {
  const header = request.headers.get('content-type') ?? '';
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (allowed.includes(type) && isUtf8) return type;
  throw new ConnectorError(
    'unsupportedMediaType',
    `content type \`${header}\` is not supported, expected ${allowed.join(' or ')} in UTF-8`,
  );
}

/** More than any valid body needs. Deeper JSON would exhaust the stack of recursive code. */
const MAX_DEPTH = 64;

/** The JSON object in the body. @throws ConnectorError `unsupportedMediaType`, `payloadTooLarge`, `invalidRequest`. */
export async function readJsonObject(
  request: HttpRequest,
): Promise<Readonly<Record<string, unknown>>> {
  requireContentType(request, ['application/json']);
  const body = await readBody(request);
  const value = parseJson(body);
  if (isDeeper(body, MAX_DEPTH)) {
    const message = `must be at most ${String(MAX_DEPTH)} levels deep`;
    throw invalidRequest('the body is nested too deeply', { path: '', message });
  }
  if (isJsonObject(value)) return value;
  throw invalidRequest('the body must be a JSON object', {
    path: '',
    message: 'must be an object',
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Whether the JSON in `body` nests lists and objects more than `limit` levels deep. */
function isDeeper(body: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) isText = !isText;
    else if (isText) {
      // The character after a backslash never ends the text.
      if (byte === BACKSLASH) at += 1;
    } else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
