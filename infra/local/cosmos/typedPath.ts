import { notSupported } from './cosmosError.ts';

/** The path from an item to one of its values: property names and array positions. */
export type Keys = readonly (string | number)[];

/**
 * A value of an item in SQL, as two columns that sort it as Cosmos DB does: by type, then by value. Both are NULL for
 * an undefined value.
 */
export interface TypedSql {
  /** The rank of the value's type: 1 null, 2 false, 3 true, 4 number, 5 string, 6 array, 7 object. */
  readonly rank: string;
  readonly value: string;
  /** The value as JSON text, if SQL can extract it directly. */
  readonly json?: string;
  /** The value itself, if the query contains it. */
  readonly constant?: { readonly value: unknown };
}

/**
 * The part after `$` of a SQLite path for `keys`. @throws CosmosError 501 for a name that such a path cannot contain.
 */
export function pathSuffix(keys: Keys): string {
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `."${checkedKey(key)}"`))
    .join('');
}

function checkedKey(key: string): string {
  if (/["\\]/.test(key)) throw notSupported(`the property name \`${key}\` in a query or an index`);
  return key;
}

/** `text` as an SQL literal. Only for paths, which an index matches only as literals. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The value at `path` (an SQL expression) of the JSON in the column `document`. */
export function typedPath(document: string, path: string): TypedSql {
  return {
    rank: typeRank(`json_type(${document}, ${path})`),
    value: `json_extract(${document}, ${path})`,
    json: `(${document} -> ${path})`,
  };
}

/** SQL for the rank of a SQLite type name. */
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
