import type { Container } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import { isSameId } from '../../base/guid.ts';
import { gatherByKey } from '../../base/gatherByKey.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';
import { toIdentifier } from '../../core/devices/toIdentifier.ts';
import {
  KNOWN_IDENTIFIERS,
  type DeviceReader,
  type DeviceStore,
  type KnownIdentifier,
  type SharingDevices,
} from '../../core/ports/devices.ts';
import { isPlaceholder } from '../../domain/vocabulary/isPlaceholder.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { pruneAliases } from './pruneAliases.ts';

const ALIAS_ID = 'alias';
/** The bound of one list, about 4 KB: so many devices have one identifier only if it identifies nothing. */
const MAX_LISTED_DEVICES = 100;
/** Older releases cut their lists here, and their documents do not say whether they did. */
const OLD_MAX_LISTED_DEVICES = 10;
const MAX_ALIAS_TRIES = 20;

/** A document that maps an identifier to the devices that were enrolled with it, newest first. */
interface AliasDocument {
  readonly id: typeof ALIAS_ID;
  /** The partition: `serialNumber:…`. */
  readonly deviceId: string;
  readonly deviceIds?: readonly string[];
  /** Whether enrolled devices may be missing from `deviceIds`. Absent in the documents of older releases. */
  readonly hasMore?: boolean;
  /** The oldest documents have only the newest device, in this field. */
  readonly aliasOf?: string;
}

interface StoredAliases extends SharingDevices {
  readonly etag?: string;
  /** When the document was last written, in seconds since 1970. */
  readonly writtenAtInSeconds: number;
}

type DeviceAliases = Pick<DeviceReader, 'findDeviceIds'> & Pick<DeviceStore, 'saveIdentifiers'>;

interface AliasPorts extends Pausing, Pick<DeviceReader, 'load'> {
  readonly container: Container;
  readonly now: () => Date;
}

/**
 * Maps identifiers to devices, in the `devices` container. Nothing is remembered: a device that another process enrolled
 * a moment ago is found by the next question.
 */
export function createDeviceAliases(ports: AliasPorts): DeviceAliases {
  const { container } = ports;
  const add = gatherByKey<string>((key, deviceIds) => addToList(ports, key, deviceIds));
  return {
    async saveIdentifiers(deviceId, identifiers) {
      const keys = KNOWN_IDENTIFIERS.flatMap((identifier) => {
        const { [identifier]: value } = identifiers;
        return value === undefined || isPlaceholder(value) ? [] : [aliasKey(identifier, value)];
      });
      await Promise.all(keys.map((key) => add(key, deviceId)));
    },

    async findDeviceIds(identifier, value) {
      const { deviceIds, hasMore } = await readAliases(container, aliasKey(identifier, value));
      return { deviceIds, hasMore };
    },
  };
}

function aliasKey(identifier: KnownIdentifier, value: string): string {
  return `${identifier}:${toIdentifier(identifier, value)}`;
}

async function readAliases(container: Container, key: string): Promise<StoredAliases> {
  const found = await readItem<AliasDocument & { readonly _ts?: number }>(container, ALIAS_ID, key);
  if (found === undefined) return { deviceIds: [], hasMore: false, writtenAtInSeconds: 0 };
  const { aliasOf, deviceIds = aliasOf === undefined ? [] : [aliasOf], _ts = 0 } = found.resource;
  const { hasMore = deviceIds.length >= OLD_MAX_LISTED_DEVICES } = found.resource;
  return { deviceIds, hasMore, etag: found.etag, writtenAtInSeconds: _ts };
}

/**
 * Makes these the first devices of the list. A list that is over its bound says so for good and is not written again, so
 * an identifier that a whole fleet has costs its enrolment one read a device.
 * @throws ConnectorError `serviceNotAvailable` if other processes keep writing the list; safe to retry.
 */
async function addToList(ports: AliasPorts, key: string, added: readonly string[]): Promise<void> {
  const limit = { maxTries: MAX_ALIAS_TRIES, toError: enrolledTooOften };
  await retryOnConflict(ports, limit, async () => {
    const known = await readAliases(ports.container, key);
    // An older release may have listed a device under another spelling of its id. It finds it only under that one.
    const spelled = added.map((id) => known.deviceIds.find((each) => isSameId(each, id)) ?? id);
    const deviceIds = [...new Set([...spelled.toReversed(), ...known.deviceIds])];
    if (known.hasMore || deviceIds.every((each, at) => each === known.deviceIds[at])) return 'done';
    return saveList(ports, key, known, await withinBound(ports, key, known, { deviceIds, added }));
  });
}

function enrolledTooOften(): ConnectorError {
  return new ConnectorError('serviceNotAvailable', 'an identifier is enrolled too often at once');
}

/** The list without devices that have gone, if it would be over its bound with them. */
async function withinBound(
  ports: AliasPorts,
  key: string,
  { writtenAtInSeconds }: StoredAliases,
  list: { readonly deviceIds: readonly string[]; readonly added: readonly string[] },
): Promise<SharingDevices> {
  if (list.deviceIds.length <= MAX_LISTED_DEVICES)
    return { deviceIds: list.deviceIds, hasMore: false };
  const ageInSeconds = ports.now().getTime() / 1000 - writtenAtInSeconds;
  const isEnrolledWith = (identifier: KnownIdentifier, value: string): boolean =>
    aliasKey(identifier, value) === key;
  const left = await pruneAliases(ports, list, { ageInSeconds, isEnrolledWith });
  return {
    deviceIds: left.slice(0, MAX_LISTED_DEVICES),
    hasMore: left.length > MAX_LISTED_DEVICES,
  };
}

async function saveList(
  { container }: AliasPorts,
  key: string,
  { etag }: StoredAliases,
  { deviceIds, hasMore }: SharingDevices,
): Promise<'done' | 'conflict'> {
  const document: AliasDocument = { id: ALIAS_ID, deviceId: key, deviceIds, hasMore };
  const saved = await saveIfUnchanged(container, { document, partitionKey: key, etag });
  return saved.ok ? 'done' : 'conflict';
}
