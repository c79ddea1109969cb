import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, afterAll, expect, it } from 'vitest';
import { blocksEveryone } from '../../../../shared/core/configuration/blocksEveryone.ts';
import { whatIf } from '../../../../shared/core/configuration/whatIf.ts';
import { evaluateUserDevices } from '../../../../shared/core/decisions/userDevices.ts';
import { advanceRecord, createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { findNacDevices } from '../../../../shared/edge/callers/nac/findNacDevices.ts';
import { accessPolicy, withOnly } from '../../../support/accessPolicies.ts';
import { given } from '../../../support/given.ts';
import { healthySignals, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

/** More empty pages in a row than any list may take for its end. */
const EMPTY_PAGES = 12;
const USER = 'ada@contoso.example';
const CONFIGURATION = given();
const AT = new Date(NOW);

let world: World;
beforeAll(async () => {
  world = await startWorld();
  for (const at of [1, 2, 3]) await save(`healthy-${String(at)}`, false);
  await save('infected', true);
});
afterAll(() => world.stop());
afterEach(() => world.cosmos.faults.clear());

async function save(deviceId: string, isInfected: boolean): Promise<void> {
  const properties = { operatingSystem: 'iOS', osVersion: '18', userPrincipalName: USER } as const;
  const signals = [
    ...healthySignals(deviceId),
    signalOf({ type: 'enrolled', properties }, NOW, deviceId),
    ...(isInfected
      ? [signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW, deviceId)]
      : []),
  ];
  const record = advanceRecord(createDeviceRecord(deviceId), signals, CONFIGURATION, NOW);
  await world.services.devices.save(record, undefined);
}

const nacServices = () => ({
  ...world.services,
  configuration: { load: () => Promise.resolve(CONFIGURATION) },
  log: { warn: () => undefined, error: () => undefined },
});

async function inPages<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** Every item of a list that is asked for page by page. */
async function followed<T>(
  list: (
    continuation: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly continuation?: string }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let continuation: string | undefined;
  do {
    const page = await list(continuation);
    all.push(...page.items);
    ({ continuation } = page);
  } while (continuation !== undefined);
  return all;
}

const LISTS: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'the devices of a user, for Entra and Cloudflare',
    async () =>
      (await evaluateUserDevices(world.services.devices, USER, CONFIGURATION, NOW)).evaluations
        .map(({ complianceState }) => complianceState)
        .toSorted(),
  ],
  [
    'the devices of a user, for a NAC',
    async () => {
      const query = { kind: 'user', userPrincipalName: USER } as const;
      const asking = { caller: randomUUID(), at: AT };
      const { devices } = await findNacDevices(nacServices(), query, asking);
      return devices.map(({ deviceId, isCompliant }) => `${deviceId} ${String(isCompliant)}`);
    },
  ],
  [
    'the noncompliant devices, for a NAC',
    async () => {
      const caller = randomUUID();
      const found: string[] = [];
      let page: number | undefined = 0;
      while (page !== undefined) {
        const query = { kind: 'noncompliant', page } as const;
        const answer = await findNacDevices(nacServices(), query, { caller, at: AT });
        found.push(...answer.devices.map(({ deviceId }) => deviceId));
        page = answer.nextPage;
      }
      return found;
    },
  ],
  [
    'the managed devices',
    () =>
      followed(async (continuation) => {
        const page = await world.services.devices.list({}, 100, continuation);
        return { ...page, items: page.records.map(({ device }) => device.deviceId) };
      }),
  ],
  ['the ids of the managed devices', () => world.services.devices.listManagedIds('', 100)],
  ['the number of managed devices', () => world.services.devices.countManaged()],
  ['whether the fleet is large', () => world.services.devices.hasManaged(4)],
  [
    'the devices that are silent',
    () => world.services.devices.countSilent('2030-01-01T00:00:00.000Z'),
  ],
  [
    'the devices that are due',
    () =>
      inPages(
        world.services.devices.findDue('2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.000Z'),
      ),
  ],
  [
    'the effect of a change',
    async () => {
      const after = given({ policy: { osMinimumVersion: '99' } });
      const { devices } = world.services;
      return (await whatIf(devices, CONFIGURATION, after, NOW, undefined)).changedDeviceCounts;
    },
  ],
  [
    'whether a change blocks everybody',
    () => {
      const names = { includeUsers: ['somebody.else@contoso.example'] };
      const after = withOnly(accessPolicy('for another user', { users: names }, 'compliantDevice'));
      const test = { now: NOW, strongest: 'deviceId' } as const;
      return blocksEveryone(world.services.devices, CONFIGURATION, after, test);
    },
  ],
  ['the configuration', () => world.services.documents.listDocuments()],
  ['the documents of a kind', () => world.services.documents.listKind('webhookEndpoint')],
  ['the audit log', () => followed((continuation) => world.services.audit.list(10, continuation))],
  [
    'the deliveries of a webhook',
    () => followed((continuation) => world.services.deliveryLog.list('w', 10, continuation)),
  ],
  ['the mailbox of an event stream', () => world.services.mailbox.list('s', 10)],
  [
    'the publications that are due',
    () => inPages(world.services.publications.findDuePublications(NOW)),
  ],
  [
    'the publications that wait',
    () => inPages(world.services.publications.findWaitingPublications(NOW)),
  ],
];

beforeAll(async () => {
  const { audit, deliveryLog, mailbox, documents } = world.services;
  await documents.saveDocument({ id: 'w', kind: 'webhookEndpoint' }, undefined);
  await audit.record({ id: 'a', activityDateTime: NOW } as Parameters<typeof audit.record>[0]);
  await deliveryLog.record('w', { id: 'd', attemptedDateTime: NOW } as Parameters<
    typeof deliveryLog.record
  >[1]);
  await mailbox.put('s', { jti: 'j', token: 't' }, NOW);
});

it.each(LISTS)('empty pages hide nothing of %s', async (_, list) => {
  const whole = await list();
  world.cosmos.faults.add({ kind: 'emptyPage', operation: 'query', times: EMPTY_PAGES });
  expect(await list()).toEqual(whole);
});
