import { XMLParser } from 'fast-xml-parser';
import { ConnectorError } from '../connectorError.ts';

const MAX_DEPTH = 8;
const MAX_SIZE_IN_BYTES = 64 * 1024;

/** Puts every element without child elements into a list, so one looks like several. */
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
 * The elements of a document, by name. Rejects everything that a sender could abuse: a document type (which could define
 * entities, files and addresses), CDATA, comments and references.
 * @throws ConnectorError `invalidRequest` if the bytes are not UTF-8 or not XML, or contain one of these;
 * `payloadTooLarge` above 64 KiB.
 */
export function fromXml(body: Uint8Array): unknown {
  if (body.byteLength > MAX_SIZE_IN_BYTES) {
    throw new ConnectorError(
      'payloadTooLarge',
      `the body has ${String(body.byteLength)} bytes; at most ${String(MAX_SIZE_IN_BYTES)} are allowed`,
    );
  }
  const text = decode(body);
  if (text.includes('<!') || text.includes('&')) {
    throw invalid('must not contain a document type, CDATA, comments or references');
  }
  const document = parse(text);
  // The parser accepts a second root if it is empty.
  if (Object.values(document).flat().length !== 1) throw invalid('must have exactly one root');
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
    throw invalid('must be UTF-8', cause);
  }
}

function invalid(message: string, cause?: unknown): ConnectorError {
  return new ConnectorError('invalidRequest', 'the body is not valid XML', {
    details: [{ path: '', message }],
    cause,
  });
}
