import { XMLParser } from 'fast-xml-parser';
import { ConnectorError } from '../connectorError.ts';

const MAX_DEPTH = 8;
const MAX_SIZE_IN_BYTES = 64 * 1024;

/** Every element that has no others in it is in a list, so that one looks as many do. */
const parser = new XMLParser({
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  maxNestedTags: MAX_DEPTH,
  isArray: (_name, _path, isLeaf) => isLeaf,
});

/**
 * The elements in a document, by their names. Only what needs no trust is read: no document type (and so no entity of
 * the sender's, nor a file or an address that one names), no CDATA, no comment, no reference.
 * @throws ConnectorError `invalidRequest` where the bytes are no UTF-8 or no XML, or hold more than that;
 * `payloadTooLarge` above 64 KiB.
 */
export function fromXml(body: Uint8Array): unknown {
  if (body.byteLength > MAX_SIZE_IN_BYTES) {
    throw new ConnectorError(
      'payloadTooLarge',
      `the body has ${String(body.byteLength)} bytes, at most ${String(MAX_SIZE_IN_BYTES)} are allowed`,
    );
  }
  const text = decode(body);
  if (text.includes('<!') || text.includes('&')) {
    throw invalid('must have no document type, no CDATA, no comments and no references');
  }
  const document = parse(text);
  // The parser lets a second root pass that is empty.
  if (Object.values(document).flat().length !== 1) throw invalid('must have one root');
  return document;
}

function parse(text: string): object {
  try {
    return parser.parse(text, true) as object;
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'is not XML', cause);
  }
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw invalid('must be in UTF-8', cause);
  }
}

function invalid(message: string, cause?: unknown): ConnectorError {
  return new ConnectorError('invalidRequest', 'the body is not valid XML', {
    details: [{ path: '', message }],
    cause,
  });
}
