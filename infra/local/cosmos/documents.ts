import { randomUUID } from 'node:crypto';
import { applyPatch, type PatchOperation } from './applyPatch.ts';
import { badRequest, CosmosError, notFound, preconditionFailed } from './cosmosError.ts';
import { parseQuery } from './parseQuery.ts';
import { readCharge, writeCharge } from './requestCharge.ts';
import type { Container, Store } from './store.ts';
import { Translator } from './translateQuery.ts';

const MAX_DOCUMENT_SIZE_IN_BYTES = 2 * 1024 * 1024;

export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** The answer to a request about one document. */
export interface DocumentAnswer {
  readonly status: number;
  readonly body?: string;
  readonly etag?: string;
  readonly charge: number;
}

interface Row {
  readonly sequence: number;
  readonly etag: string;
  readonly body: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads and writes of single documents: each write is one transaction. */
export class Documents {
  private readonly store: Store;
  private readonly clock: () => number;

  constructor(store: Store, clock: () => number) {
    this.store = store;
    this.clock = clock;
  }

  read(
    container: Container,
    partition: string,
    id: string,
    { ifNoneMatch }: Conditions,
  ): DocumentAnswer {
    const row = this.find(container, partition, id);
    if (row === undefined) throw notFound(`document \`${id}\``);
    const charge = readCharge(Buffer.byteLength(row.body));
    if (ifNoneMatch === row.etag) return { status: 304, etag: row.etag, charge: 1 };
    return { status: 200, body: row.body, etag: row.etag, charge };
  }

  create(container: Container, partition: string, document: Json): DocumentAnswer {
    const id = requireId(document);
    return this.store.transaction(() => {
      if (this.find(container, partition, id) !== undefined) {
        throw new CosmosError(409, 'Conflict', `document \`${id}\` exists`);
      }
      return this.write(container, partition, id, document, 201);
    });
  }

  upsert(
    container: Container,
    partition: string,
    document: Json,
    conditions: Conditions,
  ): DocumentAnswer {
    const id = requireId(document);
    return this.store.transaction(() => {
      const row = this.find(container, partition, id);
      if (row !== undefined) checkConditions(row, conditions);
      return this.write(container, partition, id, document, row === undefined ? 201 : 200);
    });
  }

  replace(
    container: Container,
    partition: string,
    id: string,
    document: Json,
    conditions: Conditions,
  ): DocumentAnswer {
    if (requireId(document) !== id) throw badRequest('the id of a document cannot be changed');
    return this.store.transaction(() => {
      checkConditions(this.require(container, partition, id), conditions);
      return this.write(container, partition, id, document, 200);
    });
  }

  patch(
    container: Container,
    partition: string,
    id: string,
    patch: { readonly condition?: string; readonly operations: readonly PatchOperation[] },
    conditions: Conditions,
  ): DocumentAnswer {
    return this.store.transaction(() => {
      const row = this.require(container, partition, id);
      checkConditions(row, conditions);
      if (patch.condition !== undefined && !this.satisfies(container, row, patch.condition)) {
        throw preconditionFailed('the condition of the patch is not met');
      }
      const patched = applyPatch(JSON.parse(row.body) as Json, patch.operations);
      if (patched['id'] !== id) throw badRequest('the id of a document cannot be changed');
      return this.write(container, partition, id, patched, 200);
    });
  }

  delete(
    container: Container,
    partition: string,
    id: string,
    conditions: Conditions,
  ): DocumentAnswer {
    return this.store.transaction(() => {
      const row = this.require(container, partition, id);
      checkConditions(row, conditions);
      this.store.run(`DELETE FROM ${container.table} WHERE sequence = ?`, row.sequence);
      return {
        status: 204,
        charge: writeCharge(Buffer.byteLength(row.body), container.indexedPaths.length),
      };
    });
  }

  /** Expired documents are invisible at once; this frees their place. */
  purge(container: Container): void {
    this.store.run(`DELETE FROM ${container.table} WHERE expires <= ?`, this.nowInSeconds());
  }

  nowInSeconds(): number {
    return Math.floor(this.clock() / 1000);
  }

  private find({ table }: Container, partition: string, id: string): Row | undefined {
    const [row] = this.store.all(
      `SELECT sequence, etag, body FROM ${table}
       WHERE partition = ? AND id = ? AND (expires IS NULL OR expires > ?)`,
      partition,
      id,
      this.nowInSeconds(),
    );
    return row as Row | undefined;
  }

  private require(container: Container, partition: string, id: string): Row {
    const row = this.find(container, partition, id);
    if (row === undefined) throw notFound(`document \`${id}\``);
    return row;
  }

  private satisfies({ table }: Container, row: Row, condition: string): boolean {
    const { where } = parseQuery(condition);
    if (where === undefined) return true;
    const { text, values } = new Translator([]).condition(where);
    const query = `SELECT 1 FROM ${table} WHERE sequence = ? AND ${text}`;
    return this.store.all(query, row.sequence, ...values).length > 0;
  }

  private write(
    container: Container,
    partition: string,
    id: string,
    document: Json,
    status: number,
  ): DocumentAnswer {
    const etag = `"${randomUUID()}"`;
    const rid = Buffer.from(`${partition}/${id}`).toString('base64url');
    const system = { _rid: rid, _self: `docs/${rid}/`, _etag: etag, _attachments: 'attachments/' };
    const body = JSON.stringify({ ...document, ...system, _ts: this.nowInSeconds() });
    const size = Buffer.byteLength(body);
    if (size > MAX_DOCUMENT_SIZE_IN_BYTES) {
      throw new CosmosError(413, 'RequestEntityTooLarge', 'the document is larger than 2 MB');
    }
    const expires = this.expiry(container, document);
    this.store.run(
      `INSERT INTO ${container.table} (partition, id, etag, expires, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (partition, id) DO UPDATE SET
         etag = excluded.etag, expires = excluded.expires, body = excluded.body`,
      partition,
      id,
      etag,
      expires,
      body,
    );
    return { status, body, etag, charge: writeCharge(size, container.indexedPaths.length) };
  }

  /** Seconds since 1970; `null` where the document stays. Without a `defaultTtl` an item's own `ttl` means nothing. */
  private expiry({ resource }: Container, document: Json): number | null {
    const { defaultTtl } = resource;
    const own = document['ttl'];
    const ttl = typeof own === 'number' ? own : defaultTtl;
    return defaultTtl === undefined || ttl === undefined || ttl === -1
      ? null
      : this.nowInSeconds() + ttl;
  }
}

function requireId(document: Json): string {
  const { id } = document;
  if (typeof id !== 'string' || id === '' || id.length > 1023 || /[/\\?#]/.test(id)) {
    throw badRequest('a document needs an `id` of 1 to 1023 characters without / \\ ? #');
  }
  return id;
}

function checkConditions(row: Row, { ifMatch, ifNoneMatch }: Conditions): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== row.etag) {
    throw preconditionFailed('the document has changed since it was read');
  }
  if (ifNoneMatch === '*' || ifNoneMatch === row.etag) {
    throw preconditionFailed('the document exists');
  }
}
