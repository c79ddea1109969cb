import { expect, it } from 'vitest';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import {
  createEventDevices,
  type EventDevices,
} from '../../../../shared/core/eventSources/findEventDevices.ts';
import type { DeviceReader } from '../../../../shared/core/ports/devices.ts';
import { createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { EventIdentifier } from '../../../../shared/domain/vocabulary/eventSource.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { NOW, signalOf } from '../../../support/signals.ts';

const [GUID, OTHER_GUID] = [
  '6f9c1b2a-0000-4000-8000-00000000000a',
  '6f9c1b2a-0000-4000-8000-00000000000b',
];

interface Enrolled {
  readonly properties?: object;
  readonly managedDeviceId?: string;
  readonly hasLeft?: boolean;
  readonly isUnreadable?: boolean;
}

interface Fleet {
  readonly devices: EventDevices;
  /** The point reads, in order. */
  readonly reads: string[];
  readonly passSeconds: (seconds: number) => void;
}

/** Devices by id, and the lists of their identifiers, which also have devices that left. */
function fleetOf(
  enrolled: Readonly<Record<string, Enrolled>>,
  lists: Readonly<Record<string, readonly string[]>> = {},
): Fleet {
  const reads: string[] = [];
  let at = Date.parse(NOW);
  const load: DeviceReader['load'] = (deviceId) => {
    reads.push(deviceId);
    const found = enrolled[deviceId];
    if (found?.isUnreadable === true)
      return Promise.reject(new ConnectorError('deviceRecordInvalid', 'broken'));
    if (found === undefined) return Promise.resolve(undefined);
    const device = mergeSignals(createDevice(deviceId), enrolmentOf(deviceId, found));
    return Promise.resolve({ record: { ...createDeviceRecord(deviceId), device }, etag: '1' });
  };
  const findDeviceIds: DeviceReader['findDeviceIds'] = (identifier, value) => {
    const key = `${identifier}:${value}`;
    reads.push(key);
    return Promise.resolve({ deviceIds: lists[key] ?? [], hasMore: false });
  };
  return {
    devices: createEventDevices({ load, findDeviceIds }, () => new Date(at)),
    reads,
    passSeconds: (seconds) => void (at += seconds * 1000),
  };
}

function enrolmentOf(
  deviceId: string,
  { properties, managedDeviceId, hasLeft }: Enrolled,
): readonly DeviceSignal[] {
  if (hasLeft === true) return [signalOf({ type: 'unenrolled' }, NOW, deviceId)];
  const all = { operatingSystem: 'iOS', osVersion: '18', ...properties } as const;
  const signal = { type: 'enrolled', properties: all } as const;
  const known = managedDeviceId === undefined ? signal : { ...signal, managedDeviceId };
  return [signalOf(known, NOW, deviceId)];
}

const serial = (value: string): EventIdentifier => ({ name: 'serialNumber', value });

it('finds a device by the strongest identifier that any device is enrolled with', async () => {
  const { devices } = fleetOf(
    { [GUID]: { properties: { serialNumber: 'S1' } }, other: { properties: { udid: 'U1' } } },
    { 'serialNumber:S1': [GUID], 'udid:U1': ['other'] },
  );
  expect(await devices.find([{ name: 'udid', value: 'U1' }, serial('S1')])).toEqual([GUID]);
  expect(await devices.find([serial('S9'), { name: 'udid', value: 'U1' }])).toEqual(['other']);
  expect(await devices.find([{ name: 'deviceId', value: `{${GUID.toUpperCase()}}` }])).toEqual([
    GUID,
  ]);
  expect(await devices.find([])).toEqual([]);
});

it('finds a device by the id of the MDM, in any spelling', async () => {
  const { devices } = fleetOf(
    { phone: { managedDeviceId: GUID } },
    { [`managedDeviceId:${GUID.toUpperCase()}`]: ['phone'] },
  );
  const identifier = { name: 'managedDeviceId', value: GUID.toUpperCase() } as const;
  expect(await devices.find([identifier])).toEqual(['phone']);
});

it('finds every device with an identifier, and none that has left or has another now', async () => {
  const { devices } = fleetOf(
    {
      a: { properties: { serialNumber: 'S1' } },
      b: { properties: { serialNumber: 'S1' } },
      left: { hasLeft: true },
      replaced: { properties: { serialNumber: 'S2' } },
      broken: { isUnreadable: true },
    },
    { 'serialNumber:S1': ['a', 'left', 'b', 'gone', 'replaced', 'broken'] },
  );
  expect(await devices.find([serial('S1')])).toEqual(['a', 'b', 'broken']);
});

it.each([
  ['355762052793235', '35576205279323'],
  ['355762052793235', '3557620527932399'],
  ['355762052793235', '35-576205-279323-5'],
  ['3557620527932399', '3557620527932399'],
])('finds the IMEI %s by %s', async (enrolled, value) => {
  const { devices } = fleetOf(
    { phone: { properties: { imei: enrolled } } },
    { [`imei:${enrolled}`]: ['phone'] },
  );
  expect(await devices.find([{ name: 'imei', value }])).toEqual(['phone']);
});

it('asks nobody about a placeholder', async () => {
  const { devices, reads } = fleetOf({}, { 'serialNumber:unknown': ['a'] });
  expect(await devices.find([serial('unknown'), serial('0000000000')])).toEqual([]);
  expect(reads).toEqual([]);
});

it.each(['a/b', 'a?b', 'a#b', 'a\\b', '.', '..'])(
  'does not ask for the id %s, which no device can have, and goes on to the next identifier',
  async (value) => {
    const { devices, reads } = fleetOf(
      { [value]: {}, phone: { properties: { serialNumber: 'S1' } } },
      { 'serialNumber:S1': ['phone'] },
    );
    expect(await devices.find([{ name: 'deviceId', value }, serial('S1')])).toEqual(['phone']);
    expect(reads).toEqual(['serialNumber:S1', 'phone']);
  },
);

it('remembers a device for a minute, and asks again for one that it did not find', async () => {
  const enrolled: Record<string, Enrolled> = { a: { properties: { serialNumber: 'S1' } } };
  const { devices, reads, passSeconds } = fleetOf(enrolled, {
    'serialNumber:S1': ['a'],
    'serialNumber:S2': ['late'],
  });
  for (let repeat = 0; repeat < 3; repeat += 1) {
    expect(await devices.find([serial('S1')])).toEqual(['a']);
    passSeconds(31);
  }
  expect(reads).toEqual(['serialNumber:S1', 'a', 'serialNumber:S1', 'a']);
  expect(await devices.find([serial('S2')])).toEqual([]);
  enrolled['late'] = { properties: { serialNumber: 'S2' } };
  expect(await devices.find([serial('S2')])).toEqual(['late']);
});

it('reads once for questions that come at the same time', async () => {
  const { devices, reads } = fleetOf({ [OTHER_GUID]: {} });
  const identifier = { name: 'deviceId', value: OTHER_GUID } as const;
  await Promise.all(Array.from({ length: 20 }, () => devices.find([identifier])));
  expect(reads).toEqual([OTHER_GUID]);
});
