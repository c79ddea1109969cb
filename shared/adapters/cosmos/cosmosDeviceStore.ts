import type { Container, Database, SqlParameter } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { Pausing } from '../../base/retryOnConflict.ts';
import { limitLoads } from '../../base/limitLoads.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import { formerDeviceIds, toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type {
  DeviceFilter,
  DeviceList,
  DevicePage,
  DeviceStore,
  DueDevices,
  ManagedDeviceIds,
  SalvagedDevice,
  UnreadableRecord,
  UnreadableRecords,
} from '../../core/ports/devices.ts';
import { DEVICES_CONTAINER } from '../../resources.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { pagesOfDeviceIds, queryAll, queryPage, queryPages } from './cosmosQueries.ts';
import { createDeviceAliases } from './deviceAliases.ts';
import { createDeviceLoader } from './deviceLoader.ts';
import { salvageRecord } from './salvageRecord.ts';
import {
  formerUserKeys,
  fromDeviceDocument,
  toDeviceDocument,
  toUserKey,
} from './deviceDocument.ts';

const MANAGED_PAGE_SIZE = 1000;
/**
 * A proxy asks for every request of a browser, and a read costs more with every kilobyte of the record. Without a limit
 * one phone could use up the database. It gets answers of the last second, not an error: nginx shows an error for a 429.
 */
const READS_OF_ONE_DEVICE_PER_SECOND = 20;

/** The devices in Cosmos DB: point reads and conditional writes. Only the sweep and the lists query. */
export function createCosmosDeviceStore(
  database: Database,
  time: Pausing & { readonly now: () => Date },
): DeviceStore & DueDevices & DeviceList & ManagedDeviceIds & UnreadableRecords {
  const container = database.container(DEVICES_CONTAINER.id);
  const { load } = createDeviceLoader(container, time.now);
  const answers = limitLoads((id) => load(id), READS_OF_ONE_DEVICE_PER_SECOND, time.now);
  return {
    ...createDeviceAliases({ ...time, container, load }),
    load,
    salvage: (deviceId) => salvage(container, deviceId),
    loadForAnswer: answers.load,
    save: (record, etag) =>
      save(container, record, etag).finally(() => {
        const { deviceId } = record.device;
        for (const id of [deviceId, toDeviceId(deviceId)]) answers.forget(id);
      }),
    findDue: (moment, clock) => findDue(container, moment, clock),
    countSilent: (clock) => countSilent(container, clock),
    countManaged: () => countManaged(container),
    hasManaged: (count) => hasManaged(container, count),
    listManagedIds: (after, top) => listManagedIds(container, after, top),
    list: (filter, top, continuation) => list(container, filter, top, continuation),
  };
}

/** Also a record that an older release stored under another spelling of the id. */
async function salvage(
  container: Container,
  spelledId: string,
): Promise<SalvagedDevice | undefined> {
  for (const deviceId of [toDeviceId(spelledId), ...formerDeviceIds(spelledId)]) {
    const salvaged = await salvageAt(container, deviceId);
    if (salvaged !== undefined) return salvaged;
  }
  return undefined;
}

async function salvageAt(
  container: Container,
  deviceId: string,
): Promise<SalvagedDevice | undefined> {
  const found = await readItem(container, deviceId, deviceId);
  if (found === undefined) return undefined;
  const { resource: document, etag } = found;
  try {
    fromDeviceDocument(document, deviceId);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { ...salvageRecord(document, deviceId), etag, problem: error.message, document };
  }
}

async function save(
  container: Container,
  record: DeviceRecord,
  etag: string | undefined,
): Promise<{ readonly etag: string } | 'conflict'> {
  const document = toDeviceDocument(record);
  const { deviceId } = document;
  const saved = await saveIfUnchanged(container, { document, partitionKey: deviceId, etag }, [413]);
  if (saved.ok) return { etag: saved.value.etag };
  if (saved.status !== 413) return 'conflict';
  throw new ConnectorError(
    'deviceRecordTooLarge',
    `the record of device \`${deviceId}\` is too large for Cosmos DB`,
  );
}

async function* findDue(
  container: Container,
  now: DateTime,
  clock: DateTime,
): AsyncIterable<readonly string[]> {
  yield* pagesOfDeviceIds(container, 'c.sweepDueDateTime <= @moment', now);
  yield* pagesOfDeviceIds(container, 'c.silenceDueDateTime < @moment', clock);
}

async function countSilent(container: Container, clock: DateTime): Promise<number> {
  const query = 'SELECT VALUE COUNT(1) FROM c WHERE c.silenceDueDateTime < @clock';
  return Number(await queryValue(container, query, [{ name: '@clock', value: clock }]));
}

async function countManaged(container: Container): Promise<number> {
  return Number(await queryValue(container, 'SELECT VALUE COUNT(1) FROM c WHERE c.isManaged', []));
}

async function hasManaged(container: Container, count: number): Promise<boolean> {
  const query = 'SELECT VALUE 1 FROM c WHERE c.isManaged = true';
  let found = 0;
  for await (const page of queryPages(container, query, MANAGED_PAGE_SIZE)) {
    found += page.length;
    if (found >= count) return true;
  }
  return found >= count;
}

function listManagedIds(
  container: Container,
  after: string,
  top: number,
): Promise<readonly string[]> {
  const query =
    'SELECT TOP @top VALUE c.deviceId FROM c WHERE c.isManaged = true AND c.deviceId > @after ORDER BY c.deviceId';
  const parameters = [
    { name: '@top', value: top },
    { name: '@after', value: after },
  ];
  return queryAll<string>(container, { query, parameters });
}

async function queryValue(
  container: Container,
  query: string,
  parameters: SqlParameter[],
): Promise<unknown> {
  const [value] = await queryAll<unknown>(container, { query, parameters });
  return value;
}

const FILTERS: Readonly<Record<keyof DeviceFilter, string>> = {
  complianceState: 'c.complianceState = @complianceState',
  operatingSystem: 'c.operatingSystem = @operatingSystem',
  // Older documents have another form of the name until their next write.
  userPrincipalName:
    'c.userPrincipalName IN (@userPrincipalName, @userKey, @formerUserKey0, @formerUserKey1)',
};

async function list(
  container: Container,
  filter: DeviceFilter,
  top: number,
  continuation: string | undefined,
): Promise<DevicePage> {
  const { items, ...rest } = await queryPage<{ readonly deviceId: string }>(
    container,
    toListQuery(filter),
    { top, continuation },
  );
  return { ...readRecords(items), ...rest };
}

function toListQuery(filter: DeviceFilter): { query: string; parameters: SqlParameter[] } {
  const conditions = Object.entries(filter) as [keyof DeviceFilter, string][];
  const query = [
    'SELECT * FROM c WHERE c.isManaged = true',
    ...conditions.map(([name]) => FILTERS[name]),
  ].join(' AND ');
  const parameters = conditions.map(([name, value]) => ({ name: `@${name}`, value }));
  const { userPrincipalName: user } = filter;
  if (user !== undefined) {
    parameters.push({ name: '@userKey', value: toUserKey(user) });
    formerUserKeys(user).forEach((value, at) =>
      parameters.push({ name: `@formerUserKey${String(at)}`, value }),
    );
  }
  return { query, parameters };
}

function readRecords(
  documents: readonly { readonly deviceId: string }[],
): Pick<DevicePage, 'records' | 'unreadable'> {
  const records: DeviceRecord[] = [];
  const unreadable: UnreadableRecord[] = [];
  for (const document of documents) {
    try {
      records.push(fromDeviceDocument(document, document.deviceId));
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      unreadable.push({ deviceId: document.deviceId, message: error.message });
    }
  }
  return { records, unreadable };
}
