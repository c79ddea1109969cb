import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

const CACHED_STATEMENTS = 500;

/** What a row of a result holds. */
export type Row = Readonly<Record<string, unknown>>;

/** One SQLite database with its prepared statements. */
export interface SqliteStore {
  run(sql: string, ...values: SQLInputValue[]): void;
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** Rows as they are found; the statement must not be used again before the last. */
  each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row>;
  /** Whether SQLite answers `sql` by reading the whole of `table`. */
  scans(sql: string, table: string): boolean;
  /** Runs `work` as one transaction, inside the current one where there is one. What it throws undoes it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens `file` (or `:memory:`), which no other process may hold open. A commit survives the end of the process; the
 * last ones may be lost with the power.
 */
export function openSqliteStore(file: string): SqliteStore {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536',
  );
  const statements = new Map<string, StatementSync>();
  const scanning = new Map<string, boolean>();
  let isInTransaction = false;

  const prepare = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    forgetOldest(statements);
    return statement;
  };

  return {
    run: (sql, ...values) => void prepare(sql).run(...values),
    first: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    each: (sql, ...values) => prepare(sql).iterate(...values),
    scans(sql, table) {
      const known = scanning.get(sql);
      if (known !== undefined) return known;
      const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
      const scans = steps.some(({ detail }) => `${String(detail)} `.startsWith(`SCAN ${table} `));
      scanning.set(sql, scans);
      forgetOldest(scanning);
      return scans;
    },
    transaction(work) {
      if (isInTransaction) return work();
      prepare('BEGIN IMMEDIATE').run();
      isInTransaction = true;
      let isDone = false;
      try {
        const result = work();
        prepare('COMMIT').run();
        isDone = true;
        return result;
      } finally {
        isInTransaction = false;
        if (!isDone) prepare('ROLLBACK').run();
      }
    },
    close: () => database.close(),
  };
}

function forgetOldest(cache: Map<string, unknown>): void {
  if (cache.size <= CACHED_STATEMENTS) return;
  const [oldest] = cache.keys();
  if (oldest !== undefined) cache.delete(oldest);
}
