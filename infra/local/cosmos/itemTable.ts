import type { Container } from './container.ts';
import { indexesOf, toKeys } from './indexingPolicy.ts';
import type { SqliteStore } from '../sqliteStore.ts';
import { pathSuffix, sqlLiteral, typedPath } from './typedPath.ts';

/** Creates the table for the items of `container`. */
export function createItemTable(store: SqliteStore, container: Container): void {
  const { table } = container;
  store.run(
    `CREATE TABLE ${table} (seq INTEGER PRIMARY KEY AUTOINCREMENT, pk TEXT NOT NULL, id TEXT NOT NULL,
       etag TEXT NOT NULL, version INTEGER NOT NULL, ttl INTEGER, expires INTEGER, body TEXT NOT NULL)`,
  );
  store.run(`CREATE UNIQUE INDEX ${table}_key ON ${table} (pk, id)`);
  store.run(`CREATE INDEX ${table}_expires ON ${table} (expires) WHERE expires IS NOT NULL`);
  for (const [at, paths] of container.uniqueKeys.entries()) {
    const columns = paths.flatMap((path) => {
      const { rank, value } = typedPath('body', sqlLiteral(`$${pathSuffix(toKeys(path))}`));
      return [`coalesce(${rank}, 0)`, `coalesce(${value}, 0)`];
    });
    store.run(`CREATE UNIQUE INDEX ${table}_unique_${at} ON ${table} (pk, ${columns.join(', ')})`);
  }
  indexItems(store, container);
}

/** Applies the container's definition to its table: the indexes, and when items expire. */
export function indexItems(store: SqliteStore, container: Container): void {
  const { table, indexingPolicy, defaultTtl } = container;
  const existing = `SELECT name FROM sqlite_schema WHERE tbl_name = ? AND name LIKE ?`;
  for (const { name } of store.all(existing, table, `${table}_path_%`)) {
    store.run(`DROP INDEX ${String(name)}`);
  }
  for (const [at, index] of indexesOf(indexingPolicy).entries()) {
    const columns = index.flatMap(({ keys, isDescending }) => {
      const { rank, value } = typedPath('body', sqlLiteral(`$${pathSuffix(keys)}`));
      return [rank, value].map((column) => (isDescending ? `${column} DESC` : column));
    });
    store.run(`CREATE INDEX ${table}_path_${at} ON ${table} (${columns.join(', ')})`);
  }
  store.run(
    `UPDATE ${table} SET expires = CASE WHEN ?1 IS NOT NULL AND coalesce(ttl, ?1) > 0
       THEN json_extract(body, '$._ts') + coalesce(ttl, ?1) END`,
    defaultTtl ?? null,
  );
}
