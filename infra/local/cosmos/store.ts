import { randomUUID } from 'node:crypto';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { CosmosError, notFound, notSupported } from './cosmosError.ts';
import { pathExpression } from './translateQuery.ts';

/** A container's definition as the client sent it, with the system properties that answers carry. */
export interface ContainerResource {
  readonly id: string;
  readonly partitionKey: { readonly paths: readonly string[]; readonly kind?: string };
  readonly defaultTtl?: number;
  readonly indexingPolicy?: {
    readonly includedPaths?: readonly { readonly path: string }[];
    readonly excludedPaths?: readonly { readonly path: string }[];
  };
  readonly [property: string]: unknown;
}

/** A container and the table that holds its documents. */
export interface Container {
  readonly resource: ContainerResource;
  readonly table: string;
  /** Property paths with an index of their own, as `/a/b`. */
  readonly indexedPaths: readonly string[];
  /** Whether the policy indexes `/*`: every query is served then, those without an index of their own by a scan. */
  readonly isFullyIndexed: boolean;
}

/** Documents and definitions in one SQLite file: durable, transactional, with real indexes. */
export class Store {
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly containers = new Map<string, Container>();
  private readonly databases = new Set<string>();

  constructor(file: string) {
    this.db = new DatabaseSync(file);
    this.db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS databases (id TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS containers (
        number INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT NOT NULL, id TEXT NOT NULL,
        resource TEXT NOT NULL, UNIQUE (database, id)) STRICT;
    `);
    for (const row of this.all('SELECT id FROM databases')) this.databases.add(String(row['id']));
    for (const row of this.all('SELECT number, database, resource FROM containers')) {
      const resource = JSON.parse(String(row['resource'])) as ContainerResource;
      this.remember(String(row['database']), Number(row['number']), resource);
    }
  }

  createDatabase(id: string): void {
    if (this.databases.has(id)) throw new CosmosError(409, 'Conflict', `database \`${id}\` exists`);
    this.run('INSERT INTO databases VALUES (?)', id);
    this.databases.add(id);
  }

  requireDatabase(id: string): void {
    if (!this.databases.has(id)) throw notFound(`database \`${id}\``);
  }

  createContainer(database: string, definition: ContainerResource): Container {
    this.requireDatabase(database);
    if (this.containers.has(`${database}/${definition.id}`)) {
      throw new CosmosError(409, 'Conflict', `container \`${definition.id}\` exists`);
    }
    if (definition.partitionKey.paths.length !== 1)
      throw notSupported('a hierarchical partition key');
    if (definition['uniqueKeyPolicy'] !== undefined && hasUniqueKeys(definition)) {
      throw notSupported('a unique key policy');
    }
    const resource = { ...definition, ...systemProperties(definition.id) };
    return this.transaction(() => {
      const { lastInsertRowid } = this.run(
        'INSERT INTO containers (database, id, resource) VALUES (?, ?, ?)',
        database,
        definition.id,
        JSON.stringify(resource),
      );
      const container = this.remember(database, Number(lastInsertRowid), resource);
      this.createTable(container);
      return container;
    });
  }

  requireContainer(database: string, id: string): Container {
    const container = this.containers.get(`${database}/${id}`);
    if (container === undefined) throw notFound(`container \`${id}\``);
    return container;
  }

  deleteContainer(database: string, id: string): void {
    const { table } = this.requireContainer(database, id);
    this.run('DELETE FROM containers WHERE database = ? AND id = ?', database, id);
    this.db.exec(`DROP TABLE ${table}`);
    this.containers.delete(`${database}/${id}`);
  }

  all(text: string, ...values: readonly SQLInputValue[]): Record<string, unknown>[] {
    return this.statement(text).all(...values);
  }

  run(text: string, ...values: readonly SQLInputValue[]): ReturnType<StatementSync['run']> {
    return this.statement(text).run(...values);
  }

  /** All of `work` or nothing of it. */
  transaction<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.db.close();
  }

  private statement(text: string): StatementSync {
    const known = this.statements.get(text);
    if (known !== undefined) return known;
    const prepared = this.db.prepare(text);
    // The texts of queries are the callers' own: without a bound, a caller that writes values into them would leak.
    if (this.statements.size > 500) this.statements.clear();
    this.statements.set(text, prepared);
    return prepared;
  }

  private remember(database: string, number: number, resource: ContainerResource): Container {
    const paths = (resource.indexingPolicy?.includedPaths ?? [{ path: '/*' }]).map(
      ({ path }) => path,
    );
    const container: Container = {
      resource,
      table: `documents_${String(number)}`,
      indexedPaths: paths.filter((path) => path.endsWith('/?')).map((path) => path.slice(0, -2)),
      isFullyIndexed: paths.includes('/*'),
    };
    this.containers.set(`${database}/${resource.id}`, container);
    return container;
  }

  private createTable({ table, indexedPaths }: Container): void {
    this.db.exec(`
      CREATE TABLE ${table} (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT NOT NULL, id TEXT NOT NULL,
        etag TEXT NOT NULL, expires INTEGER, body TEXT NOT NULL, UNIQUE (partition, id)) STRICT;
      CREATE INDEX ${table}_expires ON ${table} (expires) WHERE expires IS NOT NULL;
    `);
    indexedPaths.forEach((path, at) => {
      const expression = pathExpression(path.split('/').slice(1));
      this.db.exec(`CREATE INDEX ${table}_${String(at)} ON ${table} (${expression})`);
    });
  }
}

function hasUniqueKeys({ uniqueKeyPolicy }: ContainerResource): boolean {
  const keys = (uniqueKeyPolicy as { readonly uniqueKeys?: readonly unknown[] }).uniqueKeys;
  return keys !== undefined && keys.length > 0;
}

/** What every resource of Cosmos DB carries beside its own content. */
export function systemProperties(id: string): Record<string, unknown> {
  const rid = Buffer.from(id).toString('base64url').slice(0, 24);
  return {
    _rid: rid,
    _self: `${rid}/`,
    _etag: `"${randomUUID()}"`,
    _ts: Math.floor(Date.now() / 1000),
  };
}
