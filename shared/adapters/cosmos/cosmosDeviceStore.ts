import type { Container, Database, SqlParameter } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import { toIdentifier } from '../../core/devices/toIdentifier.ts';
import {
  DEVICE_IDENTIFIERS,
  type DeviceFilter,
  type DeviceList,
  type DevicePage,
  type DeviceStore,
  type DueDevices,
  type ManagedDeviceIds,
  type UnreadableRecord,
} from '../../core/ports/devices.ts';
import { DEVICES_CONTAINER } from '../../resources.ts';
import { callCosmos, toStoreFault } from './cosmosDatabase.ts';
import { pagesOfDeviceIds } from './pagesOfDeviceIds.ts';
import { createRememberedAliases } from './rememberedAliases.ts';
import { fromDeviceDocument, toDeviceDocument, toUserKey } from './deviceDocument.ts';

const ALIAS_ID = 'alias';

/** How many devices an identifier leads to; more than one only while enrolments contradict each other. */
const MAX_ALIASED_DEVICES = 10;
const MAX_ALIAS_TRIES = 10;
const MANAGED_PAGE_SIZE = 1000;

/** A document that leads from an identifier to the devices that were enrolled with it, the latest first. */
interface AliasDocument {
  readonly id: typeof ALIAS_ID;
  /** The partition: `serialNumber:…`. */
  readonly deviceId: string;
  readonly deviceIds?: readonly string[];
  /** In place of the list, in what was stored while the latest alone was kept. */
  readonly aliasOf?: string;
}

/** The devices in Cosmos DB: point reads and conditional writes; queries for the sweep and the lists alone. */
export function createCosmosDeviceStore(
  database: Database,
  now: () => Date,
): DeviceStore & DueDevices & DeviceList & ManagedDeviceIds {
  const container = database.container(DEVICES_CONTAINER.id);
  const remembered = createRememberedAliases(now);
  return {
    async load(deviceId) {
      const answer = await callCosmos(() => container.item(deviceId, deviceId).read<object>());
      if (typeof answer === 'number' || answer.resource === undefined) return undefined;
      return { record: fromDeviceDocument(answer.resource, deviceId), etag: answer.etag };
    },

    async save(record, etag) {
      const document = toDeviceDocument(record);
      const { deviceId } = document;
      const answer = await callCosmos<{ readonly etag: string }>(
        () =>
          etag === undefined
            ? container.items.create(document)
            : container.item(deviceId, deviceId).replace(document, {
                accessCondition: { type: 'IfMatch', condition: etag },
              }),
        [404, 409, 412, 413],
      );
      if (answer === 413) {
        throw new ConnectorError(
          'deviceRecordTooLarge',
          `the record of device \`${deviceId}\` is larger than Cosmos DB takes`,
        );
      }
      return typeof answer === 'number' ? 'conflict' : { etag: answer.etag };
    },

    async saveIdentifiers(deviceId, properties) {
      const keys = DEVICE_IDENTIFIERS.flatMap((identifier) => {
        const { [identifier]: value } = properties;
        return value === undefined ? [] : [aliasKey(identifier, value)];
      });
      await Promise.all(
        keys.map(async (key) => remembered.set(key, await putFirst(container, key, deviceId))),
      );
    },

    cachedDeviceIds: (identifier, value) => remembered.get(aliasKey(identifier, value)) ?? [],

    async findDeviceIds(identifier, value) {
      const key = aliasKey(identifier, value);
      const { deviceIds } = await readAlias(container, key);
      // That nobody has it is not remembered: enrolment may come any moment.
      if (deviceIds.length > 0) remembered.set(key, deviceIds);
      return deviceIds;
    },

    findDue: (now, clock) => findDue(container, now, clock),

    async countSilent(clock) {
      const where = 'c.silenceDueDateTime < @clock';
      const parameters = [{ name: '@clock', value: clock }];
      const ask = (what: string): Promise<unknown> =>
        queryValue(container, `SELECT VALUE ${what} FROM c WHERE ${where}`, parameters);
      const count = Number(await ask('COUNT(1)'));
      if (count === 0) return { count };
      const earliest = await ask('MIN(c.silenceDueDateTime)');
      return { count, ...(typeof earliest === 'string' ? { earliest } : {}) };
    },

    async countManaged() {
      return Number(
        await queryValue(container, 'SELECT VALUE COUNT(1) FROM c WHERE c.isManaged', []),
      );
    },

    async hasManaged(count) {
      const pages = container.items.query('SELECT VALUE 1 FROM c WHERE c.isManaged = true', {
        maxItemCount: MANAGED_PAGE_SIZE,
      });
      let found = 0;
      while (found < count && pages.hasMoreResults()) {
        const page = await pages.fetchNext().catch((error: unknown) => {
          throw toStoreFault(error);
        });
        found += page.resources.length;
      }
      return found >= count;
    },

    async listManagedIds(after, top) {
      const query =
        'SELECT TOP @top VALUE c.deviceId FROM c WHERE c.isManaged = true AND c.deviceId > @after ORDER BY c.deviceId';
      const parameters = [
        { name: '@top', value: top },
        { name: '@after', value: after },
      ];
      const answer = await callCosmos(() =>
        container.items.query<string>({ query, parameters }).fetchAll(),
      );
      return typeof answer === 'number' ? [] : answer.resources;
    },

    list: (filter, top, continuation) => list(container, filter, top, continuation),
  };
}

async function readAlias(
  container: Container,
  key: string,
): Promise<{ readonly deviceIds: readonly string[]; readonly etag?: string }> {
  const answer = await callCosmos(() => container.item(ALIAS_ID, key).read<AliasDocument>());
  if (typeof answer === 'number' || answer.resource === undefined) return { deviceIds: [] };
  const { deviceIds, aliasOf } = answer.resource;
  return { deviceIds: deviceIds ?? (aliasOf === undefined ? [] : [aliasOf]), etag: answer.etag };
}

/** Makes `deviceId` the first that `key` leads to, if it is not; returns all that it leads to then. */
async function putFirst(
  container: Container,
  key: string,
  deviceId: string,
): Promise<readonly string[]> {
  for (let attempt = 0; attempt < MAX_ALIAS_TRIES; attempt += 1) {
    const { deviceIds: known, etag } = await readAlias(container, key);
    if (known[0] === deviceId) return known;
    const others = known.filter((each) => each !== deviceId);
    const deviceIds = [deviceId, ...others].slice(0, MAX_ALIASED_DEVICES);
    const alias: AliasDocument = { id: ALIAS_ID, deviceId: key, deviceIds };
    const answer = await callCosmos<unknown>(
      () =>
        etag === undefined
          ? container.items.create(alias)
          : container.item(ALIAS_ID, key).replace(alias, {
              accessCondition: { type: 'IfMatch', condition: etag },
            }),
      [404, 409, 412],
    );
    if (typeof answer !== 'number') return deviceIds;
  }
  throw new ConnectorError('serviceNotAvailable', 'an identifier is enrolled too often at once');
}

function aliasKey(identifier: (typeof DEVICE_IDENTIFIERS)[number], value: string): string {
  return `${identifier}:${toIdentifier(identifier, value)}`;
}

async function* findDue(
  container: Container,
  now: DateTime,
  clock: DateTime,
): AsyncIterable<readonly string[]> {
  yield* pagesOfDeviceIds(container, 'c.sweepDueDateTime <= @moment', now);
  yield* pagesOfDeviceIds(container, 'c.silenceDueDateTime < @moment', clock);
}

async function queryValue(
  container: Container,
  query: string,
  parameters: SqlParameter[],
): Promise<unknown> {
  const answer = await callCosmos(() => container.items.query({ query, parameters }).fetchAll());
  return typeof answer === 'number' ? undefined : answer.resources[0];
}

const FILTERS: Readonly<Record<keyof DeviceFilter, string>> = {
  complianceState: 'c.complianceState = @complianceState',
  operatingSystem: 'c.operatingSystem = @operatingSystem',
  // What was written before names were kept in lower case has its own spelling until it is written next.
  userPrincipalName: 'c.userPrincipalName IN (@userPrincipalName, @userKey)',
};

async function list(
  container: Container,
  filter: DeviceFilter,
  top: number,
  continuation: string | undefined,
): Promise<DevicePage> {
  const asked = Object.entries(filter) as [keyof DeviceFilter, string][];
  const query = [
    'SELECT * FROM c WHERE c.isManaged = true',
    ...asked.map(([name]) => FILTERS[name]),
  ].join(' AND ');
  const parameters = asked.map(([name, value]) => ({ name: `@${name}`, value }));
  if (filter.userPrincipalName !== undefined)
    parameters.push({ name: '@userKey', value: toUserKey(filter.userPrincipalName) });
  const answer = await callCosmos(() =>
    container.items
      .query<{ deviceId: string }>(
        { query, parameters },
        {
          maxItemCount: top,
          ...defined({ continuationToken: continuation }),
        },
      )
      .fetchNext(),
  );
  if (typeof answer === 'number') return { records: [], unreadable: [] };
  return {
    ...readRecords(answer.resources),
    ...(answer.continuationToken ? { continuation: answer.continuationToken } : {}),
  };
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
