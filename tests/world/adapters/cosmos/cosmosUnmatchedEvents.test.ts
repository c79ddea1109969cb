import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { UnmatchedDevice } from '../../../../shared/core/ports/eventSources.ts';
import {
  EVENT_IDENTIFIERS,
  type EventIdentifier,
} from '../../../../shared/domain/vocabulary/eventSource.ts';
import { INCIDENT, NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const serial = (value: string): EventIdentifier => ({ name: 'serialNumber', value });

/** An unknown device with one open incident, reported so many seconds after `NOW`. */
function unknownDevice(
  sourceId: string,
  identifiers: readonly EventIdentifier[],
  seconds = 0,
): UnmatchedDevice {
  const at = addSeconds(NOW, seconds);
  const incidentId = `incident-${String(seconds)}`;
  const stamp = { signalId: incidentId, observedDateTime: at, receivedDateTime: at };
  const incident = { ...INCIDENT, incidentId };
  return {
    sourceId,
    identifiers,
    signals: [{ ...stamp, type: 'incidentReported', status: 'open', incident }],
    firstDateTime: at,
    lastDateTime: at,
  };
}

const idsOf = (found: readonly UnmatchedDevice[]): readonly string[] =>
  found.flatMap(({ signals }) => signals.map(({ signalId }) => signalId));

it('finds what is kept of a device by each of its identifiers, in any spelling', async () => {
  const { unmatched } = world.services;
  const identifiers: readonly EventIdentifier[] = [
    { name: 'wiFiMacAddress', value: '00-00-5E-00-53-01' },
    { name: 'imei', value: '3557620527932399' },
    { name: 'deviceId', value: '6F9C1B2A-0000-4000-8000-00000000000A' },
  ];
  expect(await unmatched.keep(unknownDevice('spelled', identifiers))).toBe('kept');
  for (const [name, value] of [
    ['wiFiMacAddress', '00005e005301'],
    ['imei', '355762052793235'],
    ['deviceId', '{6f9c1b2a-0000-4000-8000-00000000000a}'],
  ] as const) {
    const found = await unmatched.find({ name, value }, ['other', 'spelled']);
    expect([name, idsOf(found)]).toEqual([name, ['incident-0']]);
    expect(await unmatched.find({ name, value }, ['other'])).toEqual([]);
  }
});

it.each(EVENT_IDENTIFIERS)('looks up and keeps any text as %s', async (name) => {
  const { eventDevices, unmatched } = world.services;
  for (const value of [
    'a/b',
    'a?b=c',
    'a#b',
    'a\\b',
    '..',
    '%2F',
    '\u0001x',
    'ö “x”',
    'x'.repeat(255),
  ]) {
    const identifiers = [{ name, value }];
    expect([value, await eventDevices.find(identifiers)]).toEqual([value, []]);
    const device = { sourceId: `odd-${name}`, identifiers, signals: [] };
    await unmatched.keep({ ...device, firstDateTime: NOW, lastDateTime: NOW });
    expect(await unmatched.find({ name, value }, [device.sourceId])).toHaveLength(1);
  }
});

it('adds later events to those of a device, and forgets all of them', async () => {
  const { unmatched } = world.services;
  const identifiers = [serial('S/1#?'), { name: 'udid', value: 'U1' } as const];
  await Promise.all(
    [1, 2, 3].map((seconds) => unmatched.keep(unknownDevice('adding', identifiers, seconds))),
  );
  for (const identifier of identifiers) {
    const [found, ...others] = await unmatched.find(identifier, ['adding']);
    expect(others).toEqual([]);
    expect(idsOf(found === undefined ? [] : [found])).toEqual([
      'incident-3',
      'incident-2',
      'incident-1',
    ]);
  }
  await unmatched.remove('adding', identifiers);
  await unmatched.remove('adding', identifiers);
  for (const identifier of identifiers)
    expect(await unmatched.find(identifier, ['adding'])).toEqual([]);
});

it('lists each device of a source once, page by page, the latest first', async () => {
  const { unmatched } = world.services;
  const source = `list-${randomUUID()}`;
  for (const seconds of [1, 2, 3, 4, 5]) {
    const name = `S${String(seconds)}`;
    const identifiers = [serial(name), { name: 'udid', value: `U${name}` } as const];
    await unmatched.keep(unknownDevice(source, identifiers, seconds));
  }
  const found: string[] = [];
  let continuation: string | undefined;
  do {
    const page = await unmatched.list(source, 2, continuation);
    found.push(...idsOf(page.items));
    ({ continuation } = page);
  } while (continuation !== undefined);
  expect(found).toEqual([5, 4, 3, 2, 1].map((seconds) => `incident-${String(seconds)}`));
});
