import { afterAll, beforeAll, expect, it } from 'vitest';
import { managedProperties } from '../../../shared/domain/devices/device.ts';
import { phone, startGraphWorld, toGuid, type GraphWorld } from '../../support/graphWorld.ts';
import { SIZE } from '../../support/size.ts';

const { phones: PHONES, pageSize } = SIZE.fleet;
const PATIENCE_IN_MILLISECONDS = 900_000;

/** A share of the fleet, in thousandths. */
const share = (thousandths: number): number => (PHONES * thousandths) / 1000;

/** Every list has 42 pages. The sync reads the list of managed devices twice. */
const PAGE = {
  early: 7,
  inFirstThird: 11,
  inMiddle: 20,
  late: 30,
  nearEnd: 33,
  inSecondReading: 60,
};

let world: GraphWorld;
beforeAll(async () => {
  world = await startGraphWorld({}, { pageSize });
});
afterAll(() => world.stop());

/** The phones of Intune, with the properties that change in this test. */
const phonesInIntune = (): readonly string[] =>
  world.server.directory.managedDevices
    .list()
    .filter(({ operatingSystem }) => operatingSystem !== 'Windows')
    .map((each) => [each['azureADDeviceId'], each['osVersion'], each['userId']].join(' '))
    .toSorted((left, right) => left.localeCompare(right));

/** The enrolled devices, with the same properties. */
const enrolledDevices = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  let continuation: string | undefined;
  do {
    const page = await world.services.devices.list({}, 1000, continuation);
    for (const { device } of page.records) {
      const properties = managedProperties(device);
      found.push([device.deviceId, properties?.osVersion, properties?.userId].join(' '));
    }
    ({ continuation } = page);
  } while (continuation !== undefined);
  return found.toSorted((left, right) => left.localeCompare(right));
};

/** Enrols so many phones in Intune, from the `first`th on. */
function enrolInIntune(
  first: number,
  count: number,
  changes: Parameters<typeof phone>[1] = {},
): void {
  const { directory } = world.server;
  for (let index = first; index < first + count; index += 1) directory.enrol(phone(index, changes));
}

it(
  `enrols exactly Intune’s ${String(PHONES)} phones although pages are lost, repeated and empty, and the delta token expires`,
  { timeout: PATIENCE_IN_MILLISECONDS },
  async () => {
    const { directory, faults } = world.server;
    const list = 'GET deviceManagement/managedDevices';
    enrolInIntune(0, PHONES);
    enrolInIntune(PHONES, share(50), { operatingSystem: 'Windows' });
    faults.add({ kind: 'lost', request: 'GET devices/delta', after: PAGE.early });
    faults.add({ kind: 'lost', request: list, after: PAGE.inFirstThird });
    faults.add({ kind: 'lost', request: list, after: PAGE.inSecondReading });
    faults.add({ kind: 'repeatedPage', request: 'GET devices/delta', after: PAGE.inMiddle });
    faults.add({ kind: 'emptyPage', request: list, after: PAGE.late });
    faults.add({ kind: 'throttled', request: list, after: PAGE.nearEnd, retryAfterInSeconds: 5 });
    expect(await world.sync()).toMatchObject({ enrolled: PHONES, failed: 0, isComplete: true });
    expect(await enrolledDevices()).toEqual(phonesInIntune());

    const leaving = share(15);
    const changed = share(25);
    const joining = share(10);
    for (let index = 0; index < leaving; index += 1) directory.retire(toGuid(index));
    for (let index = leaving; index < leaving * 2; index += 1) directory.remove(toGuid(index));
    enrolInIntune(share(50), changed, { osVersion: '18.0' });
    enrolInIntune(PHONES * 2, joining);
    faults.add({ kind: 'lost', request: 'GET devices/delta', after: 1 });
    expect(await world.sync()).toEqual({
      enrolled: changed + joining,
      unenrolled: leaving * 2,
      failed: 0,
      isComplete: true,
    });
    expect(await enrolledDevices()).toEqual(phonesInIntune());

    const few = share(5);
    for (let index = share(100); index < share(100) + few; index += 1)
      directory.remove(toGuid(index));
    enrolInIntune(PHONES * 2 + joining, few);
    // 410: the next sync reads every list from its beginning.
    world.server.reset();
    expect(await world.sync()).toMatchObject({ enrolled: few, unenrolled: few, failed: 0 });
    expect(await enrolledDevices()).toEqual(phonesInIntune());
    expect(phonesInIntune()).toHaveLength(PHONES - leaving * 2 + joining);
  },
);
