import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

const CACHED_STATEMENTS = 500;

/** A row of a result by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** One SQLite database with its prepared statements. */
export interface SqliteStore {
  run(sql: string, ...values: SQLInputValue[]): void;
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** Yields rows as SQLite finds them; do not use the same statement again before the last row. */
  each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row>;
  /** Whether SQLite scans the whole of `table` for `sql`. */
  scans(sql: string, table: string): boolean;
  /** Runs `work` as one transaction, or within the current one. An exception rolls it back. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens `file` (or `:memory:`), which no other process may have open. Commits survive the end of the process; a power
 * failure may lose the last ones.
 */
export function openSqliteStore(file: string): SqliteStore {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536',
  );
  return new Store(database);
}

class Store implements SqliteStore {
  private readonly database: DatabaseSync;
  /** Prepared statements by SQL; the least recently used first. */
  private readonly statements = new Map<string, StatementSync>();
  /** The results of `scans` by SQL. */
  private readonly scanning = new Map<string, boolean>();
  private isInTransaction = false;

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.prepare(sql).run(...values);
  }

  first(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.prepare(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.prepare(sql).all(...values);
  }

  each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row> {
    return this.prepare(sql).iterate(...values);
  }

  scans(sql: string, table: string): boolean {
    const known = this.scanning.get(sql);
    if (known !== undefined) return known;
    const steps = this.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const scans = steps.some(({ detail }) => `${String(detail)} `.startsWith(`SCAN ${table} `));
    this.scanning.set(sql, scans);
    evictOldest(this.scanning);
    return scans;
  }

  transaction<T>(work: () => T): T {
    if (this.isInTransaction) return work();
    this.run('BEGIN IMMEDIATE');
    this.isInTransaction = true;
    let isDone = false;
    try {
      const result = work();
      this.run('COMMIT');
      isDone = true;
      return result;
    } finally {
      this.isInTransaction = false;
      if (!isDone) this.run('ROLLBACK');
    }
  }

  close(): void {
    this.database.close();
  }

  private prepare(sql: string): StatementSync {
    const statement = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.delete(sql);
    this.statements.set(sql, statement);
    evictOldest(this.statements);
    return statement;
  }
}

function evictOldest(cache: Map<string, unknown>): void {
  if (cache.size <= CACHED_STATEMENTS) return;
  const [oldest] = cache.keys();
  if (oldest !== undefined) cache.delete(oldest);
}
