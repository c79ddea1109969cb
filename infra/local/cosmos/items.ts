import { randomUUID } from 'node:crypto';
import type { Container } from './container.ts';
import { toId } from './containerDefinition.ts';
import { assertPrecondition, hasExpired, toExpiry, toTtl, type Precondition } from './itemRules.ts';
import { badRequest, CosmosError, notFound } from './cosmosError.ts';
import type { JsonObject } from './json.ts';
import { assertSamePartition, partitionKeyOf } from './partitionKey.ts';
import { readCharge, writeCharge } from './requestUnits.ts';
import { itemRid } from './resourceId.ts';
import type { SqliteStore } from '../sqliteStore.ts';

const MAX_ITEM_IN_BYTES = 2 * 1024 * 1024;
const PURGED_AT_ONCE = 100;

/** One item as stored; `body` is the JSON that a read answers. */
export interface StoredItem {
  readonly sequence: number;
  readonly etag: string;
  readonly body: string;
}

/** What a request did. `body` is absent where there is nothing to say. */
export interface ItemResult {
  readonly status: number;
  readonly etag?: string;
  readonly body?: string;
  readonly charge: number;
}

/** The items of all containers. Each write is one transaction. */
export interface Items {
  find(container: Container, pk: string, id: string): StoredItem | undefined;
  read(container: Container, pk: string, id: string, condition: Precondition): ItemResult;
  create(container: Container, pk: string | undefined, body: JsonObject): ItemResult;
  upsert(
    container: Container,
    pk: string | undefined,
    body: JsonObject,
    condition: Precondition,
  ): ItemResult;
  replace(
    container: Container,
    pk: string,
    id: string,
    body: JsonObject,
    condition: Precondition,
  ): ItemResult;
  /** Replaces an item by what `change` makes of it. */
  update(
    container: Container,
    pk: string,
    id: string,
    condition: Precondition,
    change: (item: StoredItem) => JsonObject,
  ): ItemResult;
  delete(container: Container, pk: string, id: string, condition: Precondition): ItemResult;
  deletePartition(container: Container, pk: string): void;
  /** The number of the last write. */
  version(): number;
}

/** The items in `store`. `nowInSeconds` dates them and decides what has expired. */
export function openItems(store: SqliteStore, nowInSeconds: () => number): Items {
  let version = firstVersion(store);

  const find: Items['find'] = ({ table }, pk, id) => {
    const sql = `SELECT seq, etag, body, expires FROM ${table} WHERE pk = ? AND id = ?`;
    const row = store.first(sql, pk, id);
    if (row === undefined || hasExpired(row['expires'], nowInSeconds())) return undefined;
    return { sequence: Number(row['seq']), etag: String(row['etag']), body: String(row['body']) };
  };

  const purge = ({ table, defaultTtl }: Container, pk: string, id: string): void => {
    if (defaultTtl === undefined) return;
    const now = nowInSeconds();
    store.run(`DELETE FROM ${table} WHERE pk = ? AND id = ? AND expires <= ?`, pk, id, now);
    const some = `SELECT seq FROM ${table} WHERE expires <= ? LIMIT ${PURGED_AT_ONCE}`;
    store.run(`DELETE FROM ${table} WHERE seq IN (${some})`, now);
  };

  /** Writes `item` in place of `before`, or as a new one. */
  const write = (
    container: Container,
    pk: string,
    item: JsonObject,
    before: StoredItem | undefined,
  ): ItemResult => {
    const { table } = container;
    const id = toId(item);
    const now = nowInSeconds();
    const ttl = toTtl(item);
    const expires = toExpiry(container, ttl, now);
    const etag = `"${randomUUID()}"`;
    version += 1;
    const sequence = before?.sequence ?? nextSequence(store, table);
    const rid = itemRid(container.rid, sequence);
    const system = {
      _rid: rid,
      _self: `${container.self}docs/${rid}/`,
      _etag: etag,
      _attachments: 'attachments/',
      _ts: now,
    };
    const body = JSON.stringify({ ...item, ...system });
    const size = Buffer.byteLength(body);
    if (size > MAX_ITEM_IN_BYTES) throw new CosmosError(413, 'Request size is too large');
    try {
      if (before === undefined) {
        const insert = `INSERT INTO ${table} (seq, pk, id, etag, version, ttl, expires, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
        store.run(insert, sequence, pk, id, etag, version, ttl, expires, body);
      } else {
        const update = `UPDATE ${table} SET etag = ?, version = ?, ttl = ?, expires = ?, body = ? WHERE seq = ?`;
        store.run(update, etag, version, ttl, expires, body, sequence);
      }
    } catch (error) {
      throw toWriteError(error);
    }
    const entries = container.indexedPaths * (before === undefined ? 1 : 2);
    return {
      status: before === undefined ? 201 : 200,
      etag,
      body,
      charge: writeCharge(size, entries),
    };
  };

  const change: Items['update'] = (container, pk, id, condition, toItem) =>
    store.transaction(() => {
      purge(container, pk, id);
      const before = find(container, pk, id);
      if (before === undefined) throw notFound();
      assertPrecondition(before.etag, condition);
      const item = toItem(before);
      if (item['id'] !== id) throw badRequest('The id of an item cannot be changed.');
      assertSamePartition(pk, partitionKeyOf(container.partitionKey, item));
      return write(container, pk, item, before);
    });

  const place = (
    container: Container,
    pk: string | undefined,
    item: JsonObject,
    toBefore: (found: StoredItem | undefined) => StoredItem | undefined,
  ): ItemResult =>
    store.transaction(() => {
      const id = toId(item);
      const own = partitionKeyOf(container.partitionKey, item);
      assertSamePartition(pk, own);
      purge(container, own, id);
      return write(container, own, item, toBefore(find(container, own, id)));
    });

  return {
    find,
    version: () => version,
    read(container, pk, id, { ifNoneMatch }) {
      const item = find(container, pk, id);
      if (item === undefined) throw notFound();
      const { etag, body } = item;
      if (ifNoneMatch === etag) return { status: 304, etag, charge: 1 };
      return { status: 200, etag, body, charge: readCharge(Buffer.byteLength(body)) };
    },
    create: (container, pk, item) =>
      place(container, pk, item, (found) => {
        if (found !== undefined) throw conflict();
        return found;
      }),
    upsert: (container, pk, item, condition) =>
      place(container, pk, item, (found) => {
        if (found !== undefined) assertPrecondition(found.etag, condition);
        return found;
      }),
    replace: (container, pk, id, item, condition) =>
      change(container, pk, id, condition, () => item),
    update: change,
    delete: (container, pk, id, condition) =>
      store.transaction(() => {
        const before = find(container, pk, id);
        if (before === undefined) throw notFound();
        assertPrecondition(before.etag, condition);
        store.run(`DELETE FROM ${container.table} WHERE seq = ?`, before.sequence);
        version += 1;
        return {
          status: 204,
          charge: writeCharge(Buffer.byteLength(before.body), container.indexedPaths),
        };
      }),
    deletePartition({ table }, pk) {
      store.run(`DELETE FROM ${table} WHERE pk = ?`, pk);
    },
  };
}

function nextSequence(store: SqliteStore, table: string): number {
  return (
    Number(store.first('SELECT seq FROM sqlite_sequence WHERE name = ?', table)?.['seq'] ?? 0) + 1
  );
}

function conflict(): CosmosError {
  return new CosmosError(409, 'Entity with the specified id already exists in the system.');
}

function toWriteError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('UNIQUE')) return conflict();
  // SQLite reads JSON of up to 1,000 levels.
  return message === 'malformed JSON' ? badRequest('The item is nested too deep.') : error;
}

/** The versions that a run of the server gives begin above those of every run before it. */
const VERSIONS_IN_RUN = 2 ** 32;

function firstVersion(store: SqliteStore): number {
  store.run('CREATE TABLE IF NOT EXISTS cosmosRuns (number INTEGER PRIMARY KEY AUTOINCREMENT)');
  store.run('INSERT INTO cosmosRuns DEFAULT VALUES');
  const run = store.first('SELECT max(number) AS number FROM cosmosRuns');
  return Number(run?.['number']) * VERSIONS_IN_RUN;
}
