import { createHash } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';

type Document = Readonly<Record<string, unknown>>;

/** What the partner's reports change in a document, without anybody changing the configuration. */
const REPORTED: ReadonlySet<string> = new Set([
  'lastHeartbeatDateTime',
  'lastPartnerSilence',
  'lastEventDateTime',
]);

/**
 * The entity tag of a configuration document: the same until somebody changes the document. Weak, as Graph's
 * `@odata.etag` is: the partner's reports are left out.
 */
export function toEntityTag(document: Document): string {
  const fields = Object.entries(document)
    .filter(([name]) => !REPORTED.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
  return `W/"${hash.slice(0, 22)}"`;
}

/**
 * Rejects a change that was made for another version of `document`. Compares weak tags, as Graph does and OData 4.01
 * section 8.2.4 permits.
 * @throws ConnectorError `resourceModified`.
 */
export function requireMatch(ifMatch: string | null, document: Document): void {
  if (ifMatch === null) return;
  const tag = toEntityTag(document);
  const isSame = ifMatch
    .split(',')
    .map((each) => each.trim())
    .some((each) => each === '*' || each.replace(/^W\//, '') === tag.replace(/^W\//, ''));
  if (isSame) return;
  throw new ConnectorError(
    'resourceModified',
    'the document has changed: read it again and use its `@odata.etag` in `If-Match`',
  );
}
