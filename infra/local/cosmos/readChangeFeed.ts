import type { SQLInputValue } from 'node:sqlite';
import type { Container } from './container.ts';
import { notSupported } from './cosmosError.ts';
import { header, type CosmosReply, type CosmosRequest } from './http/cosmosRequest.ts';
import { toFeed } from './http/toFeed.ts';
import { itemConditions } from './query/itemsSql.ts';
import { queryCharge } from './requestUnits.ts';
import type { SqliteStore } from '../sqliteStore.ts';

interface ChangeFeedInput {
  readonly partitionKey: string | undefined;
  readonly maxItemCount: number;
  readonly nowInSeconds: number;
  /** The number of the last write. */
  readonly version: number;
}

/** Returns the latest versions of items that changed since the ETag in the request, in the order of their changes. */
export function readChangeFeed(
  store: SqliteStore,
  container: Container,
  request: CosmosRequest,
  input: ChangeFeedInput,
): CosmosReply {
  if (header(request, 'a-im')?.toLowerCase() !== 'incremental feed') {
    throw notSupported('a change feed of all versions and deletes');
  }
  if (header(request, 'if-modified-since') !== undefined)
    throw notSupported('a change feed from a point in time');
  const { table } = container;
  store.run(`CREATE INDEX IF NOT EXISTS ${table}_version ON ${table} (version)`);
  const since = toVersion(header(request, 'if-none-match'), input.version);
  const values: SQLInputValue[] = [];
  const bind = (value: SQLInputValue): string => `?${values.push(value)}`;
  const conditions = itemConditions(container, input.partitionKey, input.nowInSeconds, bind);
  const where = [...conditions, `d.version > ${bind(since)}`].join(' AND ');
  const limit = bind(input.maxItemCount === -1 ? 1000 : input.maxItemCount);
  const sql = `SELECT d.version AS version, d.body AS body FROM ${table} d WHERE ${where} ORDER BY d.version LIMIT ${limit}`;
  const rows = store.all(sql, ...values);
  const last = Number(rows.at(-1)?.['version'] ?? since);
  const headers = { etag: `"${last}"` };
  if (rows.length === 0) return { status: 304, headers, charge: 1 };
  const bodies = rows.map(({ body }) => String(body));
  const charge = queryCharge(rows.length, Buffer.byteLength(bodies.join('')));
  return { ...toFeed(container.rid, 'Documents', bodies), headers, charge };
}

function toVersion(etag: string | undefined, current: number): number {
  if (etag === undefined || etag === '') return 0;
  return etag === '*' ? current : Number(etag.replaceAll('"', ''));
}
