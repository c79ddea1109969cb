import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import type { SqliteStore } from '../sqliteStore.ts';
import type { Container } from './container.ts';
import { toId } from './containerDefinition.ts';
import { badRequest, CosmosError, notFound } from './cosmosError.ts';
import { assertPrecondition, hasExpired, toExpiry, toTtl, type Precondition } from './itemRules.ts';
import { assertSamePartition, partitionKeyOf } from './partitionKey.ts';
import { readCharge, writeCharge } from './requestUnits.ts';
import { itemRid } from './resourceId.ts';

const MAX_ITEM_IN_BYTES = 2 * 1024 * 1024;
/** How many expired items a write deletes besides its own. */
const PURGE_LIMIT = 100;

/** Identifies one item. */
export interface ItemKey {
  readonly container: Container;
  /** The partition key as JSON text. */
  readonly pk: string;
  readonly id: string;
}

/** One item as stored; `body` is the JSON text that a read returns. */
export interface StoredItem {
  readonly sequence: number;
  readonly etag: string;
  readonly body: string;
}

/** The result of a request for one item. `body` is absent if the response has none. */
export interface ItemResult {
  readonly status: number;
  readonly etag?: string;
  readonly body?: string;
  readonly charge: number;
}

/** The items of all containers. Each write is one transaction. */
export class Items {
  private readonly store: SqliteStore;
  private readonly nowInSeconds: () => number;
  private lastVersion: number;

  /** Opens the items in `store`. `nowInSeconds` sets their timestamps and decides which have expired. */
  constructor(store: SqliteStore, nowInSeconds: () => number) {
    this.store = store;
    this.nowInSeconds = nowInSeconds;
    this.lastVersion = firstVersion(store);
  }

  /** The number of the last write. */
  version(): number {
    return this.lastVersion;
  }

  /** @throws CosmosError 404. */
  read(key: ItemKey, { ifNoneMatch }: Precondition): ItemResult {
    const item = this.find(key);
    if (item === undefined) throw notFound();
    const { etag, body } = item;
    if (ifNoneMatch === etag) return { status: 304, etag, charge: 1 };
    return { status: 200, etag, body, charge: readCharge(Buffer.byteLength(body)) };
  }

  /** @throws CosmosError 400, 409, 413. */
  create(container: Container, pk: string | undefined, item: JsonObject): ItemResult {
    return this.place(container, pk, item, (found) => {
      if (found !== undefined) throw conflict();
    });
  }

  /** @throws CosmosError 400, 409, 412, 413. */
  upsert(
    container: Container,
    pk: string | undefined,
    item: JsonObject,
    condition: Precondition,
  ): ItemResult {
    return this.place(container, pk, item, (found) => {
      if (found !== undefined) assertPrecondition(found.etag, condition);
    });
  }

  /** @throws CosmosError 400, 404, 409, 412, 413. */
  replace(key: ItemKey, item: JsonObject, condition: Precondition): ItemResult {
    return this.update(key, condition, () => item);
  }

  /** Replaces an item with the result of `change`. @throws CosmosError 400, 404, 409, 412, 413. */
  update(
    key: ItemKey,
    condition: Precondition,
    change: (item: StoredItem) => JsonObject,
  ): ItemResult {
    const { container, pk, id } = key;
    return this.store.transaction(() => {
      this.purge(key);
      const before = this.find(key);
      if (before === undefined) throw notFound();
      assertPrecondition(before.etag, condition);
      const item = change(before);
      if (item['id'] !== id) throw badRequest('The id of an item cannot be changed.');
      assertSamePartition(pk, partitionKeyOf(container.partitionKey, item));
      return this.write(key, item, before);
    });
  }

  /** @throws CosmosError 404, 412. */
  delete(key: ItemKey, condition: Precondition): ItemResult {
    const { table, indexedPaths } = key.container;
    return this.store.transaction(() => {
      const before = this.find(key);
      if (before === undefined) throw notFound();
      assertPrecondition(before.etag, condition);
      this.store.run(`DELETE FROM ${table} WHERE seq = ?`, before.sequence);
      this.lastVersion += 1;
      return { status: 204, charge: writeCharge(Buffer.byteLength(before.body), indexedPaths) };
    });
  }

  deletePartition({ table }: Container, pk: string): void {
    this.store.run(`DELETE FROM ${table} WHERE pk = ?`, pk);
  }

  private find({ container: { table }, pk, id }: ItemKey): StoredItem | undefined {
    const sql = `SELECT seq, etag, body, expires FROM ${table} WHERE pk = ? AND id = ?`;
    const row = this.store.first(sql, pk, id);
    if (row === undefined || hasExpired(row['expires'], this.nowInSeconds())) return undefined;
    return { sequence: Number(row['seq']), etag: String(row['etag']), body: String(row['body']) };
  }

  /** Deletes the item if it has expired, and a limited number of others. */
  private purge({ container: { table, defaultTtl }, pk, id }: ItemKey): void {
    if (defaultTtl === undefined) return;
    const now = this.nowInSeconds();
    this.store.run(`DELETE FROM ${table} WHERE pk = ? AND id = ? AND expires <= ?`, pk, id, now);
    const some = `SELECT seq FROM ${table} WHERE expires <= ? LIMIT ${PURGE_LIMIT}`;
    this.store.run(`DELETE FROM ${table} WHERE seq IN (${some})`, now);
  }

  /** Creates an item or replaces the existing one, if `check` does not throw. */
  private place(
    container: Container,
    pk: string | undefined,
    item: JsonObject,
    check: (found: StoredItem | undefined) => void,
  ): ItemResult {
    return this.store.transaction(() => {
      const own = partitionKeyOf(container.partitionKey, item);
      const key = { container, pk: own, id: toId(item) };
      assertSamePartition(pk, own);
      this.purge(key);
      const found = this.find(key);
      check(found);
      return this.write(key, item, found);
    });
  }

  /** Writes `item` in place of `before`, or as a new item. */
  private write(key: ItemKey, item: JsonObject, before: StoredItem | undefined): ItemResult {
    const { container } = key;
    const sequence = before?.sequence ?? nextSequence(this.store, container.table);
    const now = this.nowInSeconds();
    const ttl = toTtl(item);
    const etag = `"${randomUUID()}"`;
    this.lastVersion += 1;
    const body = toBody(container, item, { sequence, etag, now });
    const size = Buffer.byteLength(body);
    if (size > MAX_ITEM_IN_BYTES) throw new CosmosError(413, 'Request size is too large');
    const row = { sequence, etag, ttl, expires: toExpiry(container, ttl, now), body };
    try {
      if (before === undefined) this.insert(key, row);
      else this.overwrite(key, row);
    } catch (error) {
      throw toWriteError(error);
    }
    const isNew = before === undefined;
    const charge = writeCharge(size, container.indexedPaths * (isNew ? 1 : 2));
    return { status: isNew ? 201 : 200, etag, body, charge };
  }

  private insert({ container: { table }, pk, id }: ItemKey, row: ItemRow): void {
    const { sequence, etag, ttl, expires, body } = row;
    const columns = '(seq, pk, id, etag, version, ttl, expires, body)';
    const sql = `INSERT INTO ${table} ${columns} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
    this.store.run(sql, sequence, pk, id, etag, this.lastVersion, ttl, expires, body);
  }

  private overwrite({ container: { table } }: ItemKey, row: ItemRow): void {
    const { sequence, etag, ttl, expires, body } = row;
    const columns = 'etag = ?, version = ?, ttl = ?, expires = ?, body = ?';
    const sql = `UPDATE ${table} SET ${columns} WHERE seq = ?`;
    this.store.run(sql, etag, this.lastVersion, ttl, expires, body, sequence);
  }
}

interface ItemRow extends StoredItem {
  readonly ttl: number | null;
  readonly expires: number | null;
}

/** The JSON text of `item` with the properties that Cosmos DB adds. */
function toBody(
  container: Container,
  item: JsonObject,
  { sequence, etag, now }: { sequence: number; etag: string; now: number },
): string {
  const rid = itemRid(container.rid, sequence);
  return JSON.stringify({
    ...item,
    _rid: rid,
    _self: `${container.self}docs/${rid}/`,
    _etag: etag,
    _attachments: 'attachments/',
    _ts: now,
  });
}

function nextSequence(store: SqliteStore, table: string): number {
  const row = store.first('SELECT seq FROM sqlite_sequence WHERE name = ?', table);
  return Number(row?.['seq'] ?? 0) + 1;
}

function conflict(): CosmosError {
  return new CosmosError(409, 'Entity with the specified id already exists in the system.');
}

function toWriteError(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('UNIQUE')) return conflict();
  // SQLite reads JSON of up to 1,000 levels.
  return message === 'malformed JSON' ? badRequest('The item is nested too deeply.') : error;
}

/** The range of version numbers of one run of the server; each run starts above all earlier runs. */
const VERSIONS_PER_RUN = 2 ** 32;

function firstVersion(store: SqliteStore): number {
  store.run('CREATE TABLE IF NOT EXISTS cosmosRuns (number INTEGER PRIMARY KEY AUTOINCREMENT)');
  store.run('INSERT INTO cosmosRuns DEFAULT VALUES');
  const run = store.first('SELECT max(number) AS number FROM cosmosRuns');
  return Number(run?.['number']) * VERSIONS_PER_RUN;
}
