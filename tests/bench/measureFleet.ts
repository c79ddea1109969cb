import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CosmosClient } from '@azure/cosmos';
import {
  startCosmosServer,
  type CosmosServer,
} from '../../infra/local/cosmos/startCosmosServer.ts';
import { provisionCosmos } from '../../infra/local/stack/provision.ts';
import { median } from '../../infra/node/percentiles.ts';
import { createCosmosDeviceStore } from '../../shared/adapters/cosmos/cosmosDeviceStore.ts';
import { toDeviceDocument } from '../../shared/adapters/cosmos/deviceDocument.ts';
import { advanceRecord, createDeviceRecord } from '../../shared/domain/deviceRecord.ts';
import {
  sweepDueDevices,
  type SweepDependencies,
} from '../../shared/core/devices/sweepDueDevices.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';
import { createDice } from '../support/createDice.ts';
import { sampleConfiguration } from '../support/sampleConfiguration.ts';
import { atMost, type Row, type Section } from './report.ts';

const KEY = Buffer.alloc(64, 9).toString('base64');
const NOW = '2026-01-01T12:10:00.000Z';
/** The number of due devices, for every size of the fleet. */
const DUE = 100;
const TEMPLATE = 'template-of-all';
const ROUNDS = 9;

interface Measured {
  readonly size: number;
  readonly sweepInMilliseconds: number;
  readonly queriesASweep: number;
  readonly readsASweep: number;
  readonly decisionInMilliseconds: number;
  readonly readsADecision: number;
}

/** The cost of a sweep for a hundred due devices, and of a point read, as the fleet grows tenfold each time. */
export async function measureFleet(largest: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-fleet-'));
  const file = join(folder, 'cosmos.sqlite');
  try {
    await withDatabase(file, async (client, server) => {
      await provisionCosmos(server.address, KEY);
      await client
        .database(DATABASE_NAME)
        .container(DEVICES_CONTAINER.id)
        .items.create(toTemplate());
    });
    const measured: Measured[] = [];
    let from = 0;
    for (let size = 1000; size <= largest; size *= 10) {
      copyTemplate(file, from, size);
      from = size;
      await withDatabase(file, async (client, server) => {
        measured.push(await measure(server, client, size));
      });
    }
    return toSection(measured);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withDatabase(
  file: string,
  work: (client: CosmosClient, server: CosmosServer) => Promise<void>,
): Promise<void> {
  const server = await startCosmosServer({ file, key: KEY });
  const client = new CosmosClient({
    endpoint: server.address,
    key: KEY,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  try {
    await work(client, server);
  } finally {
    client.dispose();
    await server.stop();
  }
}

/** A device in the product's stored form. */
function toTemplate(): object {
  const record = advanceRecord(
    createDeviceRecord(TEMPLATE),
    [
      {
        type: 'enrolled',
        deviceId: TEMPLATE,
        signalId: 'enrolled',
        observedDateTime: NOW,
        receivedDateTime: NOW,
        properties: { operatingSystem: 'Android', osVersion: '15' },
      },
    ],
    sampleConfiguration(),
    NOW,
  );
  return toDeviceDocument({ ...record, outbox: [] });
}

/**
 * Writes the devices of a range directly into the database's file, since a million through the client would take longer
 * than the rest of the benchmark. The first hundred devices are due.
 */
function copyTemplate(file: string, from: number, to: number): void {
  const database = new DatabaseSync(file);
  const table = database
    .prepare(`SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%pk TEXT NOT NULL%'`)
    .all()
    .map(({ name }) => String(name))
    .find((name) => database.prepare(`SELECT 1 FROM ${name} WHERE id = ?`).get(TEMPLATE));
  if (table === undefined) throw new TypeError('the template was not written');
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT :from UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :to),
         devices AS (SELECT printf('device-%07d', n) AS device,
           strftime('%Y-%m-%dT%H:%M:%S.000Z', CASE WHEN n < ${String(DUE)} THEN '2026-01-01 12:09:00'
             ELSE datetime('2026-01-01 13:10:00', n || ' seconds') END) AS due FROM numbers)
       INSERT INTO ${table} (pk, id, etag, version, ttl, expires, body)
         SELECT replace(pk, '${TEMPLATE}', device), device, etag, version, ttl, expires,
           replace(json_set(body, '$.silenceDueDateTime', due), '${TEMPLATE}', device)
         FROM ${table}, devices WHERE id = '${TEMPLATE}'`,
    )
    .run({ from, to });
  database.close();
}

function idOf(at: number): string {
  return `device-${String(at).padStart(7, '0')}`;
}

/**
 * Runs the sweep as its timer does: counts the due devices, finds them, reads and evaluates each. Nothing has changed, so
 * it writes nothing, and the next sweep has the same work.
 */
async function measure(
  server: CosmosServer,
  client: CosmosClient,
  size: number,
): Promise<Measured> {
  const devices = createCosmosDeviceStore(client.database(DATABASE_NAME), {
    now: () => new Date(NOW),
    random: () => 0,
    pause: () => Promise.resolve(),
  });
  const configuration = sampleConfiguration();
  const random = createDice(size);
  const dependencies: SweepDependencies = {
    devices,
    configuration: {
      load: () => Promise.resolve(configuration),
      recordPartnerActivity: () => Promise.resolve(),
      saveSilenceBreaker: () => Promise.reject(new TypeError('the breaker has no reason to move')),
    },
    announcements: { publish: () => Promise.reject(new TypeError('there is nothing to publish')) },
    log: { warn: fail, error: fail },
    pause: () => Promise.resolve(),
    random,
  };
  const count = (operation: string): number =>
    server.counters()[`devices/${operation}`]?.count ?? 0;
  const sweep = async (): Promise<void> => {
    const { visited } = await sweepDueDevices(dependencies, NOW);
    if (visited !== DUE) throw new Error(`${String(visited)} devices are due`);
  };
  const read = async (): Promise<void> => {
    const found = await devices.load(idOf(Math.floor(random() * size)));
    if (found === undefined) throw new Error('a device is missing');
  };
  const start = [count('query'), count('read')] as const;
  const sweeps = await timesOf(sweep, 1);
  const middle = [count('query'), count('read')] as const;
  const reads = await timesOf(read, 100);
  return {
    size,
    sweepInMilliseconds: median(sweeps),
    queriesASweep: (middle[0] - start[0]) / sweeps.length,
    readsASweep: (middle[1] - start[1]) / sweeps.length,
    decisionInMilliseconds: median(reads),
    readsADecision: (count('read') - middle[1]) / (reads.length * 100),
  };
}

function fail(text: string): never {
  throw new Error(text);
}

/** Milliseconds of processor time, each the mean of several runs. */
async function timesOf(work: () => Promise<void>, runs: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = process.cpuUsage();
    for (let run = 0; run < runs; run += 1) await work();
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / (1000 * runs));
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
      { what: `  its queries, of ${name}`, figure: each.queriesASweep, unit: '' },
      {
        what: `  its point reads, of ${name}`,
        figure: each.readsASweep,
        unit: '',
        claim: atMost(each.readsASweep, DUE),
      },
      { what: `a decision’s read, of ${name}`, figure: each.decisionInMilliseconds, unit: 'ms' },
      {
        what: `  point reads, of ${name}`,
        figure: each.readsADecision,
        unit: '',
        claim: atMost(each.readsADecision, 1),
      },
    ];
  });
  const curve = (value: (each: Measured) => number): [number, number][] =>
    measured.map((each) => [each.size, value(each)]);
  return {
    title: 'As the fleet grows: processor time of client and database',
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
