import { ConnectorError, type Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { withoutNulls } from '../../base/withoutNulls.ts';
import type { VersionedDocument } from '../ports/configuration.ts';
import { toEntityTag } from './entityTag.ts';
import { findUnknown, findUnknownStored, isAnnotation } from './findUnknown.ts';
import type { ManagedKind } from './managedKind.ts';

type Fields = Readonly<Record<string, unknown>>;
type Document = VersionedDocument['document'];

/** The fields that the system writes. */
export interface Frame {
  readonly id: string;
  readonly version: number;
  readonly createdDateTime: string;
  readonly modifiedDateTime: string;
}

/**
 * The document that results from writing `fields` over `before`, which is empty for a new document, with defaults for
 * the rest. Unknown properties are rejected, not dropped: an administrator must not rely on a rule that is never
 * applied.
 * @throws ConnectorError `invalidRequest`, naming each invalid field and its allowed values; `conflict` if `before` has
 * properties that this release does not know, because writing would delete them.
 */
export function readDocument(
  kind: ManagedKind,
  before: object,
  fields: Fields,
  frame: Frame,
): Document {
  const given = withoutNulls(fields) as Fields;
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => !(name in fields)));
  const framed = {
    ...kind.defaults,
    ...kept,
    ...given,
    id: frame.id,
    version: frame.version,
    createdDateTime: frame.createdDateTime,
    [kind.modifiedField]: frame.modifiedDateTime,
  };
  const checked = checkShape<unknown>(kind.validator, framed);
  if (!checked.ok) throw invalid(kind, checked.problems);
  const document = checked.value as Fields;
  requireKnown(kind, kept, document);
  const problems = [
    ...findUnknown(given, document),
    ...findFixed(kind, before as Fields, document),
    ...kind.findProblems(document),
  ];
  if (problems.length > 0) throw invalid(kind, problems);
  return { ...document, ...kind.complete?.(document), id: frame.id, kind: kind.kind };
}

/**
 * The document with `fields` changed; the same object if they change nothing.
 * @throws ConnectorError `itemNotFound`, `invalidRequest`.
 */
export function updateDocument(
  kind: ManagedKind,
  before: Document | undefined,
  fields: Fields,
  { id, now }: { readonly id: string; readonly now: DateTime },
): Document {
  const version = before?.['version'];
  const createdDateTime = before?.['createdDateTime'];
  const modifiedDateTime = before?.[kind.modifiedField];
  const frame: Frame = {
    id,
    version: typeof version === 'number' ? version : 1,
    createdDateTime: typeof createdDateTime === 'string' ? createdDateTime : now,
    modifiedDateTime: typeof modifiedDateTime === 'string' ? modifiedDateTime : now,
  };
  if (before === undefined) {
    return readDocument(kind, requireFound(kind, id, kind.blank?.(id)), fields, frame);
  }
  const after = readDocument(kind, before, fields, frame);
  if (toEntityTag(after) === toEntityTag(before)) return before;
  const next = { ...frame, version: frame.version + 1, modifiedDateTime: now };
  return readDocument(kind, before, fields, next);
}

/** Returns `found`. @throws ConnectorError `itemNotFound` if it is `undefined`. */
export function requireFound<T>({ noun }: ManagedKind, id: string, found: T | undefined): T {
  if (found !== undefined) return found;
  throw new ConnectorError('itemNotFound', `there is no ${noun} \`${id}\``);
}

/**
 * The fields of a body that a caller may write. OData annotations and fields that only the system writes are ignored, and
 * Graph's spellings of an absent value are read as such.
 */
export function writableFields(kind: ManagedKind, body: Fields): Fields {
  const fields = Object.fromEntries(
    Object.entries(body).filter(([name]) => !kind.readOnly.includes(name) && !isAnnotation(name)),
  );
  return kind.fromGraph?.(fields) ?? fields;
}

function invalid(
  { noun, callerNames = {} }: ManagedKind,
  problems: readonly Problem[],
): ConnectorError {
  const details = problems.map(({ path, message }) => {
    const name = callerNames[path.slice(1)];
    return { path: name === undefined ? path : `/${name}`, message };
  });
  return new ConnectorError('invalidRequest', `invalid ${noun}: \`details\` lists each problem`, {
    details,
  });
}

/** A later release may have written such a property. Naming it as `null`, or replacing what it is part of, removes it. */
function requireKnown({ noun }: ManagedKind, kept: Fields, document: Fields): void {
  const details = findUnknownStored(kept, document);
  if (details.length === 0) return;
  throw new ConnectorError(
    'conflict',
    `the stored ${noun} has properties that this release does not know: \`details\` lists each. Change it with the release that wrote them, or remove them: write \`null\``,
    { details },
  );
}

function findFixed({ immutable }: ManagedKind, before: Fields, after: Fields): readonly Problem[] {
  return immutable
    .filter((name) => name in before && before[name] !== after[name])
    .map((name) => ({
      path: `/${name}`,
      message: `cannot be changed from \`${String(before[name])}\``,
    }));
}
