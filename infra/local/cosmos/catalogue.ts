import type { Container } from './container.ts';
import { toContainer, toDefinition, toId } from './containerDefinition.ts';
import { badRequest, CosmosError, notFound } from './cosmosError.ts';
import { createItemTable, indexItems } from './itemTable.ts';
import type { JsonObject } from './json.ts';
import { databaseRid } from './resourceId.ts';
import type { Row, SqliteStore } from '../sqliteStore.ts';

/** The databases and containers, as they are on disk. */
export interface Catalogue {
  databases(): JsonObject[];
  database(databaseId: string): JsonObject;
  createDatabase(body: JsonObject): JsonObject;
  deleteDatabase(databaseId: string): void;
  containers(databaseId: string): Container[];
  container(databaseId: string, containerId: string): Container;
  createContainer(databaseId: string, body: JsonObject): Container;
  replaceContainer(databaseId: string, containerId: string, body: JsonObject): Container;
  deleteContainer(databaseId: string, containerId: string): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS cosmosDatabases (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, ts INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS cosmosContainers (number INTEGER PRIMARY KEY AUTOINCREMENT, databaseNumber INTEGER NOT NULL,
    id TEXT NOT NULL, ts INTEGER NOT NULL, definition TEXT NOT NULL, UNIQUE (databaseNumber, id));`;

const DATABASES = 'SELECT number, id, ts FROM cosmosDatabases';

/** Opens the catalogue in `store`. `nowInSeconds` dates what is created. */
export function openCatalogue(store: SqliteStore, nowInSeconds: () => number): Catalogue {
  for (const statement of SCHEMA.split(';').filter((text) => text.trim() !== ''))
    store.run(statement);
  const opened = new Map<string, Container>();

  const numberOf = (databaseId: string): number => {
    const row = store.first('SELECT number FROM cosmosDatabases WHERE id = ?', databaseId);
    if (row === undefined) throw notFound();
    return Number(row['number']);
  };

  const find = (databaseId: string, containerId: string): Container => {
    const key = JSON.stringify([databaseId, containerId]);
    const known = opened.get(key);
    if (known !== undefined) return known;
    const databaseNumber = numberOf(databaseId);
    const sql =
      'SELECT number, id, ts, definition FROM cosmosContainers WHERE databaseNumber = ? AND id = ?';
    const row = store.first(sql, databaseNumber, containerId);
    if (row === undefined) throw notFound();
    const container = toContainer(
      databaseNumber,
      Number(row['number']),
      Number(row['ts']),
      String(row['definition']),
    );
    opened.set(key, container);
    return container;
  };

  const listContainers = (databaseId: string): Container[] => {
    const number = numberOf(databaseId);
    const sql = 'SELECT id FROM cosmosContainers WHERE databaseNumber = ? ORDER BY number';
    return store.all(sql, number).map(({ id }) => find(databaseId, String(id)));
  };

  /** Runs a change of containers; what was opened before or during it is opened again. */
  const changing = <T>(work: () => T): T => {
    try {
      return store.transaction(work);
    } finally {
      opened.clear();
    }
  };

  const remove = (container: Container): void => {
    store.run(`DROP TABLE ${container.table}`);
    store.run('DELETE FROM cosmosContainers WHERE number = ?', container.number);
  };

  return {
    databases: () => store.all(`${DATABASES} ORDER BY number`).map(toDatabase),
    database(databaseId) {
      const row = store.first(`${DATABASES} WHERE id = ?`, databaseId);
      if (row === undefined) throw notFound();
      return toDatabase(row);
    },
    createDatabase(body) {
      const id = toId(body);
      if (store.first('SELECT 1 FROM cosmosDatabases WHERE id = ?', id)) throw conflict('database');
      store.run('INSERT INTO cosmosDatabases (id, ts) VALUES (?, ?)', id, nowInSeconds());
      return this.database(id);
    },
    deleteDatabase(databaseId) {
      const number = numberOf(databaseId);
      changing(() => {
        for (const container of listContainers(databaseId)) remove(container);
        store.run('DELETE FROM cosmosDatabases WHERE number = ?', number);
      });
    },
    containers: listContainers,
    container: find,
    createContainer(databaseId, body) {
      const number = numberOf(databaseId);
      const definition = toDefinition(body);
      const exists = 'SELECT 1 FROM cosmosContainers WHERE databaseNumber = ? AND id = ?';
      if (store.first(exists, number, toId(body))) throw conflict('container');
      return changing(() => {
        const insert =
          'INSERT INTO cosmosContainers (databaseNumber, id, ts, definition) VALUES (?, ?, ?, ?)';
        store.run(insert, number, toId(body), nowInSeconds(), JSON.stringify(definition));
        const container = find(databaseId, toId(body));
        createItemTable(store, container);
        return container;
      });
    },
    replaceContainer(databaseId, containerId, body) {
      const before = find(databaseId, containerId);
      const definition = toDefinition(body);
      if (JSON.stringify(definition['partitionKey']) !== JSON.stringify(before.partitionKey)) {
        throw badRequest('The partition key of a container cannot be changed.');
      }
      return changing(() => {
        const update = 'UPDATE cosmosContainers SET definition = ?, ts = ? WHERE number = ?';
        store.run(update, JSON.stringify(definition), nowInSeconds(), before.number);
        opened.delete(JSON.stringify([databaseId, containerId]));
        const container = find(databaseId, containerId);
        indexItems(store, container);
        return container;
      });
    },
    deleteContainer: (databaseId, containerId) =>
      changing(() => remove(find(databaseId, containerId))),
  };
}

function toDatabase({ number, id, ts }: Row): JsonObject {
  const _rid = databaseRid(Number(number));
  const links = { _colls: 'colls/', _users: 'users/' };
  return { id, _rid, _self: `dbs/${_rid}/`, _etag: `"${_rid}"`, ...links, _ts: ts };
}

function conflict(what: string): CosmosError {
  return new CosmosError(409, `Entity with the specified id already exists in the system: ${what}`);
}
