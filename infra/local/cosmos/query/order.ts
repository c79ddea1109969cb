import type { SQLInputValue } from 'node:sqlite';

/** One column of a total order. */
export interface OrderColumn {
  readonly sql: string;
  readonly isDescending: boolean;
  /** Whether the filter allows only one value. Such a column is left out of ORDER BY, or SQLite would sort again. */
  readonly isFixed: boolean;
}

/** SQL of the ORDER BY clause. */
export function orderSql(columns: readonly OrderColumn[]): string {
  return columns
    .filter(({ isFixed }) => !isFixed)
    .map(({ sql, isDescending }) => (isDescending ? `${sql} DESC` : sql))
    .join(', ');
}

/** SQL that selects the rows after the row with `values`. SQLite sorts NULL first. */
export function afterSql(
  columns: readonly OrderColumn[],
  values: readonly SQLInputValue[],
  bind: (value: SQLInputValue) => string,
): string {
  let after = '0';
  for (const [at, { sql, isDescending, isFixed }] of [...columns.entries()].toReversed()) {
    if (isFixed) continue;
    const value = values[at] ?? null;
    const bound = value === null ? 'NULL' : bind(value);
    const beyond = isDescending
      ? value === null
        ? '0'
        : `(${sql} < ${bound} OR ${sql} IS NULL)`
      : value === null
        ? `${sql} IS NOT NULL`
        : `${sql} > ${bound}`;
    after = after === '0' ? beyond : `(${beyond} OR (${sql} IS ${bound} AND ${after}))`;
  }
  return after;
}
