import type { Container } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import { toIdentifier } from '../../core/devices/toIdentifier.ts';
import {
  DEVICE_IDENTIFIERS,
  type DeviceIdentifier,
  type DeviceReader,
  type DeviceStore,
} from '../../core/ports/devices.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { createRememberedAliases } from './rememberedAliases.ts';

const ALIAS_ID = 'alias';
/** The limit of devices for one identifier. There are several only while enrolments contradict each other. */
const MAX_ALIASED_DEVICES = 10;
const MAX_ALIAS_TRIES = 10;

/** A document that maps an identifier to the devices ever enrolled with it, newest first. */
interface AliasDocument {
  readonly id: typeof ALIAS_ID;
  /** The partition: `serialNumber:…`. */
  readonly deviceId: string;
  readonly deviceIds?: readonly string[];
  /** Older documents have only the newest device, in this field. */
  readonly aliasOf?: string;
}

type DeviceAliases = Pick<DeviceReader, 'findDeviceIds' | 'cachedDeviceIds'> &
  Pick<DeviceStore, 'saveIdentifiers'>;

/** Maps identifiers to devices, in the `devices` container. */
export function createDeviceAliases(container: Container, now: () => Date): DeviceAliases {
  const remembered = createRememberedAliases(now);
  return {
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
      // An empty answer is not remembered: the device may be enrolled at any moment.
      if (deviceIds.length > 0) remembered.set(key, deviceIds);
      return deviceIds;
    },
  };
}

function aliasKey(identifier: DeviceIdentifier, value: string): string {
  return `${identifier}:${toIdentifier(identifier, value)}`;
}

async function readAlias(
  container: Container,
  key: string,
): Promise<{ readonly deviceIds: readonly string[]; readonly etag?: string }> {
  const found = await readItem<AliasDocument>(container, ALIAS_ID, key);
  if (found === undefined) return { deviceIds: [] };
  const { deviceIds, aliasOf } = found.resource;
  return { deviceIds: deviceIds ?? (aliasOf === undefined ? [] : [aliasOf]), etag: found.etag };
}

/** Makes `deviceId` the first device of `key`. Returns all devices of `key`. */
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
    const document: AliasDocument = { id: ALIAS_ID, deviceId: key, deviceIds };
    const saved = await saveIfUnchanged(container, { document, partitionKey: key, etag });
    if (saved.ok) return deviceIds;
  }
  throw new ConnectorError('serviceNotAvailable', 'an identifier is enrolled too often at once');
}
