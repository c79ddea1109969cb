import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import type { Row, SqliteStore } from '../sqliteStore.ts';
import type { Container } from './container.ts';
import { toContainer, toDefinition, toId } from './containerDefinition.ts';
import { badRequest, CosmosError, notFound } from './cosmosError.ts';
import { createItemTable, indexItems } from './itemTable.ts';
import { databaseRid } from './resourceId.ts';

const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS cosmosDatabases (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL)',
  `CREATE TABLE IF NOT EXISTS cosmosContainers (number INTEGER PRIMARY KEY AUTOINCREMENT, databaseNumber INTEGER NOT NULL,
    id TEXT NOT NULL, ts INTEGER NOT NULL, definition TEXT NOT NULL, UNIQUE (databaseNumber, id))`,
];

const DATABASES = 'SELECT number, id, ts FROM cosmosDatabases';

/** The stored databases and containers. All methods throw CosmosError. */
export class Catalogue {
  private readonly store: SqliteStore;
  private readonly nowInSeconds: () => number;
  /** Containers that were read, by `keyOf`. */
  private readonly opened = new Map<string, Container>();

  /** Opens the catalogue in `store`. `nowInSeconds` sets the timestamps of new resources. */
  constructor(store: SqliteStore, nowInSeconds: () => number) {
    this.store = store;
    this.nowInSeconds = nowInSeconds;
    for (const statement of SCHEMA) store.run(statement);
  }

  databases(): JsonObject[] {
    return this.store.all(`${DATABASES} ORDER BY number`).map(toDatabase);
  }

  database(databaseId: string): JsonObject {
    const row = this.store.first(`${DATABASES} WHERE id = ?`, databaseId);
    if (row === undefined) throw notFound();
    return toDatabase(row);
  }

  createDatabase(body: JsonObject): JsonObject {
    const id = toId(body);
    const exists = 'SELECT 1 FROM cosmosDatabases WHERE id = ?';
    if (this.store.first(exists, id)) throw conflict('database');
    const insert = 'INSERT INTO cosmosDatabases (id, ts) VALUES (?, ?)';
    this.store.run(insert, id, this.nowInSeconds());
    return this.database(id);
  }

  deleteDatabase(databaseId: string): void {
    const number = this.numberOf(databaseId);
    this.change(() => {
      for (const container of this.containers(databaseId)) this.remove(container);
      this.store.run('DELETE FROM cosmosDatabases WHERE number = ?', number);
    });
  }

  containers(databaseId: string): Container[] {
    const number = this.numberOf(databaseId);
    const sql = 'SELECT id FROM cosmosContainers WHERE databaseNumber = ? ORDER BY number';
    return this.store.all(sql, number).map(({ id }) => this.container(databaseId, String(id)));
  }

  container(databaseId: string, containerId: string): Container {
    const key = keyOf(databaseId, containerId);
    const known = this.opened.get(key);
    if (known !== undefined) return known;
    const databaseNumber = this.numberOf(databaseId);
    const sql =
      'SELECT number, id, ts, definition FROM cosmosContainers WHERE databaseNumber = ? AND id = ?';
    const row = this.store.first(sql, databaseNumber, containerId);
    if (row === undefined) throw notFound();
    const container = toContainer(
      databaseNumber,
      Number(row['number']),
      Number(row['ts']),
      String(row['definition']),
    );
    this.opened.set(key, container);
    return container;
  }

  createContainer(databaseId: string, body: JsonObject): Container {
    const number = this.numberOf(databaseId);
    const definition = toDefinition(body);
    const id = toId(body);
    const exists = 'SELECT 1 FROM cosmosContainers WHERE databaseNumber = ? AND id = ?';
    if (this.store.first(exists, number, id)) throw conflict('container');
    return this.change(() => {
      const insert =
        'INSERT INTO cosmosContainers (databaseNumber, id, ts, definition) VALUES (?, ?, ?, ?)';
      this.store.run(insert, number, id, this.nowInSeconds(), JSON.stringify(definition));
      const container = this.container(databaseId, id);
      createItemTable(this.store, container);
      return container;
    });
  }

  replaceContainer(databaseId: string, containerId: string, body: JsonObject): Container {
    const before = this.container(databaseId, containerId);
    const definition = toDefinition(body);
    if (JSON.stringify(definition['partitionKey']) !== JSON.stringify(before.partitionKey)) {
      throw badRequest('The partition key of a container cannot be changed.');
    }
    return this.change(() => {
      const update = 'UPDATE cosmosContainers SET definition = ?, ts = ? WHERE number = ?';
      this.store.run(update, JSON.stringify(definition), this.nowInSeconds(), before.number);
      this.opened.delete(keyOf(databaseId, containerId));
      const container = this.container(databaseId, containerId);
      indexItems(this.store, container);
      return container;
    });
  }

  deleteContainer(databaseId: string, containerId: string): void {
    this.change(() => this.remove(this.container(databaseId, containerId)));
  }

  private numberOf(databaseId: string): number {
    const row = this.store.first('SELECT number FROM cosmosDatabases WHERE id = ?', databaseId);
    if (row === undefined) throw notFound();
    return Number(row['number']);
  }

  /** Runs a change of containers as one transaction, then forgets the opened containers. */
  private change<T>(work: () => T): T {
    try {
      return this.store.transaction(work);
    } finally {
      this.opened.clear();
    }
  }

  private remove(container: Container): void {
    this.store.run(`DROP TABLE ${container.table}`);
    this.store.run('DELETE FROM cosmosContainers WHERE number = ?', container.number);
  }
}

function keyOf(databaseId: string, containerId: string): string {
  return JSON.stringify([databaseId, containerId]);
}

function toDatabase({ number, id, ts }: Row): JsonObject {
  const _rid = databaseRid(Number(number));
  const links = { _colls: 'colls/', _users: 'users/' };
  return { id, _rid, _self: `dbs/${_rid}/`, _etag: `"${_rid}"`, ...links, _ts: ts };
}

function conflict(kind: string): CosmosError {
  return new CosmosError(409, `Entity with the specified id already exists in the system: ${kind}`);
}
