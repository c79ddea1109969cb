import { ConnectorError, type Problem } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import type { VersionedDocument } from '../ports/configuration.ts';
import { toEntityTag } from './entityTag.ts';
import type { ManagedKind } from './managedKind.ts';

type Fields = Readonly<Record<string, unknown>>;
type Document = VersionedDocument['document'];

/** What surrounds the fields that a caller may write. */
export interface Frame {
  readonly id: string;
  readonly version: number;
  readonly createdDateTime: string;
  readonly modifiedDateTime: string;
}

/**
 * The document that `fields` make of what was there before (nothing, where it is created), with defaults for what
 * neither says. A property that is not known is refused and not dropped: an administrator must not believe in a rule
 * that nobody applies.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong and what is allowed there.
 */
export function readDocument(
  kind: ManagedKind,
  before: object,
  fields: Fields,
  frame: Frame,
): Document {
  const given = withoutNulls(fields) as Fields;
  const kept = Object.entries(before).filter(([name]) => !(name in fields));
  const framed = {
    ...kind.defaults,
    ...Object.fromEntries(kept),
    ...given,
    id: frame.id,
    version: frame.version,
    createdDateTime: frame.createdDateTime,
    [kind.modifiedField]: frame.modifiedDateTime,
  };
  const checked = checkShape<unknown>(kind.validator, framed);
  if (!checked.ok) throw invalid(kind, checked.problems);
  const document = checked.value as Fields;
  const problems = [
    ...findUnknown(given, document),
    ...findFixed(kind, before as Fields, document),
    ...kind.findProblems(document),
  ];
  if (problems.length > 0) throw invalid(kind, problems);
  return { ...document, ...kind.complete?.(document), id: frame.id, kind: kind.kind };
}

/**
 * The document after `fields`; the same object where they change nothing.
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

/** The document that is there. @throws ConnectorError `itemNotFound`. */
export function requireFound<T>({ noun }: ManagedKind, id: string, found: T | undefined): T {
  if (found !== undefined) return found;
  throw new ConnectorError('itemNotFound', `there is no ${noun} \`${id}\``);
}

/** What of a body a caller may write. Annotations of OData and fields that only the system writes are ignored. */
export function writableFields(kind: ManagedKind, body: Fields): Fields {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => !kind.readOnly.includes(name) && !isAnnotation(name)),
  );
}

function invalid({ noun }: ManagedKind, details: readonly Problem[]): ConnectorError {
  return new ConnectorError('invalidRequest', `the body is not valid as ${noun}`, { details });
}

function findFixed({ immutable }: ManagedKind, before: Fields, after: Fields): readonly Problem[] {
  return immutable
    .filter((name) => name in before && before[name] !== after[name])
    .map((name) => ({
      path: `/${name}`,
      message: `cannot be changed, it is ${String(before[name])}`,
    }));
}

/** `@odata.type` decides what a policy is; the others (`@odata.context`, `assignments@odata.count`, …) say nothing. */
function isAnnotation(name: string): boolean {
  return name.includes('@') && name !== '@odata.type';
}

/** Graph's clients write `null` for what they do not say. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => [name, withoutNulls(each)]),
  );
}

/** What of `given` has not come into `taken`. */
export function findUnknown(given: unknown, taken: unknown, path = ''): readonly Problem[] {
  if (Array.isArray(given) && Array.isArray(taken)) {
    return given.flatMap((each, at) => findUnknown(each, taken[at], `${path}/${String(at)}`));
  }
  if (!isObject(given) || !isObject(taken)) return [];
  return Object.entries(given).flatMap(([name, each]) => {
    if (Object.hasOwn(taken, name)) return findUnknown(each, taken[name], `${path}/${name}`);
    return isAnnotation(name) || SAY_NOTHING.has(name) || saysNothing(each)
      ? []
      : [{ path: `${path}/${name}`, message: 'is not a property that is evaluated here' }];
  });
}

/** What a policy is, and who may see it in Intune: nothing that a device is judged by. */
const SAY_NOTHING: ReadonlySet<string> = new Set(['@odata.type', 'roleScopeTagIds']);

/** What Graph shows of a setting that is not made: a policy that was read there can be written here. */
function saysNothing(value: unknown): boolean {
  return (
    value === false ||
    value === 'none' ||
    value === 'deviceDefault' ||
    (Array.isArray(value) && value.length === 0)
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
