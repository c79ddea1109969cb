import { notSupported } from './cosmosError.ts';

/** The way from an item to one of its values: names of members and positions in arrays. */
export type Keys = readonly (string | number)[];

/**
 * A value of an item in SQL, in the two columns that order it as Cosmos DB does: by type, then by value. An undefined
 * value has neither.
 */
export interface TypedSql {
  /** The place of the value's type in the order of types: 1 null, 2 false, 3 true, 4 number, 5 string, 6 array, 7 object. */
  readonly rank: string;
  readonly value: string;
  /** The value as JSON text, where SQL can give it without composing it. */
  readonly json?: string;
  /** The value itself where the query gives it. */
  readonly constant?: { readonly value: unknown };
}

/** What follows `$` in a path of SQLite for `keys`. @throws CosmosError 501 for a name that such a path cannot hold. */
export function pathSuffix(keys: Keys): string {
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `."${checkedKey(key)}"`))
    .join('');
}

function checkedKey(key: string): string {
  if (/["\\]/.test(key)) throw notSupported(`the property name \`${key}\` in a query or an index`);
  return key;
}

/** `text` as a literal of SQL; for paths alone, which an index can only match as literals. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The value at `path` (SQL that gives a path) of the JSON in `document`, a column. */
export function typedPath(document: string, path: string): TypedSql {
  return {
    rank: typeRank(`json_type(${document}, ${path})`),
    value: `json_extract(${document}, ${path})`,
    json: `(${document} -> ${path})`,
  };
}

/** The rank of a type that SQLite names, as SQL. */
export function typeRank(type: string): string {
  return `CASE ${type} WHEN 'null' THEN 1 WHEN 'false' THEN 2 WHEN 'true' THEN 3 WHEN 'integer' THEN 4 WHEN 'real' THEN 4 WHEN 'text' THEN 5 WHEN 'array' THEN 6 WHEN 'object' THEN 7 END`;
}

/** The rank of a JSON value. */
export function rankOf(value: unknown): number {
  if (value === null) return 1;
  if (typeof value === 'boolean') return value ? 3 : 2;
  if (typeof value === 'number') return 4;
  if (typeof value === 'string') return 5;
  return Array.isArray(value) ? 6 : 7;
}
