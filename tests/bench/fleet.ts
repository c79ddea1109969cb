import { CosmosClient, type JSONObject } from '@azure/cosmos';
import {
  startCosmosServer,
  type CosmosServer,
} from '../../infra/local/cosmos/startCosmosServer.ts';
import { provisionCosmos } from '../../infra/local/stack/provision.ts';
import { createCosmosDeviceStore } from '../../shared/adapters/cosmosDeviceStore.ts';
import { toDeviceDocument } from '../../shared/adapters/deviceDocument.ts';
import { addSeconds } from '../../shared/domain/dateTime.ts';
import { advanceRecord, createDeviceRecord } from '../../shared/domain/deviceRecord.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';
import { sampleConfiguration } from '../support/sampleConfiguration.ts';
import { createDice } from '../support/dice.ts';
import { atMost, type Row, type Section } from './report.ts';
import { median } from './takeTurns.ts';

const KEY = Buffer.alloc(64, 9).toString('base64');
const NOW = '2026-01-01T12:10:00.000Z';
/** So many devices are due, however many there are. */
const DUE = 100;
const AT_ONCE = 500;
const ROUNDS = 9;
const GOES = 10;

interface Measured {
  readonly size: number;
  readonly sweepInMilliseconds: number;
  readonly sweepUnits: number;
  readonly decisionInMilliseconds: number;
  readonly decisionUnits: number;
}

/** What a sweep for a hundred due devices and a point read cost as the fleet grows tenfold each time. */
export async function measureFleet(largest: number): Promise<Section> {
  const server = await startCosmosServer({ file: ':memory:', key: KEY });
  try {
    await provisionCosmos(server.address, KEY);
    const client = new CosmosClient({
      endpoint: server.address,
      key: KEY,
      connectionPolicy: { enableEndpointDiscovery: false },
    });
    const measured: Measured[] = [];
    let from = 0;
    for (let size = 1000; size <= largest; size *= 10) {
      await fill(client, from, size);
      from = size;
      measured.push(await measure(server, client, size));
    }
    client.dispose();
    return toSection(measured);
  } finally {
    await server.stop();
  }
}

/** The devices from one number up to another; the first hundred of all are due. */
async function fill(client: CosmosClient, from: number, to: number): Promise<void> {
  const container = client.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
  const configuration = sampleConfiguration();
  const template = advanceRecord(
    createDeviceRecord('template'),
    [
      {
        type: 'enrolled',
        deviceId: 'template',
        signalId: 'enrolled',
        observedDateTime: NOW,
        receivedDateTime: NOW,
        properties: { operatingSystem: 'Android', osVersion: '15' },
      },
    ],
    configuration,
    NOW,
  );
  const document = toDeviceDocument({ ...template, outbox: [] });
  for (let begin = from; begin < to; begin += AT_ONCE) {
    const operations = Array.from({ length: Math.min(AT_ONCE, to - begin) }, (_, at) => {
      const deviceId = idOf(begin + at);
      const silenceDueDateTime = addSeconds(NOW, begin + at < DUE ? -60 : 3600 + begin + at);
      const resource = { ...document, id: deviceId, deviceId, silenceDueDateTime };
      return {
        operationType: 'Create' as const,
        partitionKey: deviceId,
        resourceBody: resource as unknown as JSONObject,
      };
    });
    const results = await container.items.executeBulkOperations(operations);
    const failed = results.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw failed.error ?? new Error('a device was not written');
  }
}

function idOf(at: number): string {
  return `device-${String(at).padStart(7, '0')}`;
}

async function measure(
  server: CosmosServer,
  client: CosmosClient,
  size: number,
): Promise<Measured> {
  const store = createCosmosDeviceStore(client.database(DATABASE_NAME), () => new Date(NOW));
  const random = createDice(size);
  const units = (operation: string): number =>
    server.counters()[`devices/${operation}`]?.requestUnits ?? 0;
  const sweep = async (): Promise<void> => {
    let found = 0;
    for await (const page of store.findDue(NOW, NOW)) found += page.length;
    if (found !== DUE) throw new Error(`${String(found)} devices are due`);
  };
  const read = async (): Promise<void> => {
    const found = await store.load(idOf(Math.floor(random() * size)));
    if (found === undefined) throw new Error('a device is missing');
  };
  const before = [units('query'), units('read')] as const;
  const sweeps = await timesOf(sweep);
  const reads = await timesOf(read);
  return {
    size,
    sweepInMilliseconds: median(sweeps),
    sweepUnits: (units('query') - before[0]) / (sweeps.length * GOES),
    decisionInMilliseconds: median(reads),
    decisionUnits: (units('read') - before[1]) / (reads.length * GOES),
  };
}

/** Milliseconds of the processor, each the mean of ten goes. */
async function timesOf(work: () => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = process.cpuUsage();
    for (let go = 0; go < GOES; go += 1) await work();
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / (1000 * GOES));
  }
  return times;
}

function toSection(measured: readonly Measured[]): Section {
  const rows = measured.flatMap((each, at): readonly Row[] => {
    const before = measured[at - 1];
    const name = each.size.toLocaleString('en-US');
    const growth =
      before === undefined ? undefined : each.sweepInMilliseconds / before.sweepInMilliseconds;
    return [
      {
        what: `a sweep, ${String(DUE)} due of ${name}`,
        figure: each.sweepInMilliseconds,
        unit: 'ms',
        ...(growth === undefined
          ? {}
          : { ratio: { of: 'a tenth of the fleet', value: growth }, claim: atMost(growth, 2) }),
      },
      { what: `the same, of ${name}`, figure: each.sweepUnits, unit: 'RU' },
      {
        what: `a decision’s point read, of ${name}`,
        figure: each.decisionInMilliseconds,
        unit: 'ms',
      },
      {
        what: `the same, of ${name}`,
        figure: each.decisionUnits,
        unit: 'RU',
        claim: atMost(Math.round(each.decisionUnits), 1),
      },
    ];
  });
  const curve = (value: (each: Measured) => number): [number, number][] =>
    measured.map((each) => [each.size, value(each)]);
  return {
    title:
      'The cost of a sweep and of a decision as the fleet grows, the processor’s time of client and server',
    rows,
    curves: [
      {
        name: 'sweep',
        x: 'devices',
        y: 'ms a sweep',
        points: curve(({ sweepInMilliseconds }) => sweepInMilliseconds),
      },
      {
        name: 'decision',
        x: 'devices',
        y: 'ms a point read',
        points: curve(({ decisionInMilliseconds }) => decisionInMilliseconds),
      },
    ],
  };
}
