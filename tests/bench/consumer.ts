import { randomUUID } from 'node:crypto';
import {
  decideRequests,
  type DecisionServices,
} from '../../shared/core/decisions/decideRequests.ts';
import { fromAccessRequestBody } from '../../shared/core/decisions/accessRequest.ts';
import type { DeviceSignal } from '../../shared/domain/vocabulary/signal.ts';
import { TENANT_SETTINGS_DEFAULTS } from '../../shared/core/configuration/configurationDefaults.ts';
import { MAC } from './benchMac.ts';
import { packSignals } from '../../shared/core/devices/packSignals.ts';
import {
  recomputeBatch,
  type RecomputeBatchDependencies,
} from '../../shared/core/devices/recomputeBatch.ts';
import { sampleConfiguration } from '../support/sampleConfiguration.ts';
import { createDice } from '../support/createDice.ts';
import { createMemoryDevices, type MemoryDevices } from './memoryDevices.ts';
import { atMost, type Row, type Section } from './report.ts';
import { takeTurns } from './takeTurns.ts';

const DEVICES = 5000;
const SIZES = [1, 10, 100, 1000] as const;
const START = Date.parse('2026-01-01T12:00:00.000Z');
const HEARTBEAT_IN_MILLISECONDS = 15 * 60_000;

/** The consumer's cost per event and its database requests; then the same for decisions. */
export async function measureConsumer(): Promise<Section> {
  const world = await createWorld();
  const random = createDice(3);
  let moment = START;
  const batchOf = (size: number): readonly unknown[] => {
    moment += 1;
    const signals = Array.from({ length: size }, (): DeviceSignal => ({
      ...about(Math.floor(random() * DEVICES), moment),
      type: 'incidentReported',
      status: random() < 0.5 ? 'open' : 'resolved',
      incident: {
        incidentId: `incident-${String(Math.floor(random() * 3))}`,
        category: 'application',
        threatType: 'malware',
        severity: 'high',
        detectedDateTime: new Date(moment).toISOString(),
      },
    }));
    return toMessages(signals);
  };
  const rates = await takeTurns<string>(
    Object.fromEntries(
      SIZES.map((size) => [
        String(size),
        async () => {
          await recomputeBatch(world.dependencies, batchOf(size), new Date(moment).toISOString());
          return size;
        },
      ]),
    ),
  );
  const single = rates['1'] ?? 0;
  const rows: Row[] = SIZES.map((size) => {
    const rate = rates[String(size)] ?? 0;
    return {
      what: `recomputeBatch, batches of ${size.toLocaleString('en-US')}`,
      figure: 1e6 / rate,
      unit: 'µs an event',
      ratio: { of: 'one by one', value: single / rate },
    };
  });
  return {
    title: 'The consumer, without the round trip to the database',
    rows: [...rows, ...(await countCosts(world))],
  };
}

/** Decisions of one process, without HTTP and without the network to the database. */
export async function measureDecisions(): Promise<Section> {
  const world = await createWorld();
  const services = decisionServices(world);
  const random = createDice(5);
  const decide = async (size: number): Promise<number> => {
    const asked = Array.from({ length: size }, () => ({
      device: { deviceId: deviceOf(Math.floor(random() * DEVICES)) },
      resource: 'exchangeOnline',
    }));
    const { requests } = fromAccessRequestBody(
      Buffer.from(JSON.stringify(size === 1 ? asked[0] : asked)),
    );
    await decideRequests(services, requests, {
      caller: 'bench',
      at: new Date(START),
    });
    return size;
  };
  const { one, many } = await takeTurns({ one: () => decide(1), many: () => decide(100) });
  const before = world.devices.reads;
  await decide(1);
  const reads = world.devices.reads - before;
  return {
    title: 'Decisions of one process, without the round trip to the database',
    rows: [
      { what: 'one a request', figure: one, unit: 'decisions/s' },
      {
        what: 'a hundred a request',
        figure: many,
        unit: 'decisions/s',
        ratio: { of: 'one by one', value: many / one },
      },
      { what: 'point reads a decision', figure: reads, unit: '', claim: atMost(reads, 1) },
    ],
  };
}

interface World {
  readonly devices: MemoryDevices;
  readonly dependencies: RecomputeBatchDependencies;
}

/** The messages of the queue for these signals. */
const toMessages = (signals: readonly DeviceSignal[]): readonly unknown[] =>
  packSignals(signals, MAC.macOf).map(({ text }) => JSON.parse(text) as unknown);

const deviceOf = (at: number): string => `device-${String(at)}`;

function about(
  at: number,
  moment: number,
): Pick<DeviceSignal, 'signalId' | 'deviceId' | 'observedDateTime' | 'receivedDateTime'> {
  const time = new Date(moment).toISOString();
  return {
    signalId: randomUUID(),
    deviceId: deviceOf(at),
    observedDateTime: time,
    receivedDateTime: time,
  };
}

/** A healthy fleet of an organisation with default settings. */
async function createWorld(): Promise<World> {
  const devices = createMemoryDevices();
  const sample = sampleConfiguration();
  const configuration = {
    ...sample,
    ...(sample.tenantSettings && {
      tenantSettings: { ...sample.tenantSettings, ...TENANT_SETTINGS_DEFAULTS },
    }),
  };
  const unused = (): Promise<never> => Promise.reject(new TypeError('nothing is doubtful here'));
  const dependencies: RecomputeBatchDependencies = {
    now: () => new Date(),
    devices: { ...devices, hasManaged: unused },
    documents: {
      loadDocument: unused,
      listDocuments: unused,
      listKind: unused,
      saveDocument: unused,
      deleteDocument: unused,
    },
    announcements: { publish: () => Promise.resolve() },
    configuration: {
      load: () => Promise.resolve(configuration),
      recordPartnerActivity: () => Promise.resolve(),
      saveSilenceBreaker: () => Promise.resolve(),
      forget: () => undefined,
    },
    retry: {
      sign: MAC.sign,
      isAuthentic: MAC.isAuthentic,
      sendLater: () => Promise.reject(new TypeError('nothing fails here')),
      deadLetter: () => Promise.reject(new TypeError('nothing is unreadable here')),
    },
    milestones: { record: () => Promise.resolve(), list: () => Promise.resolve({}) },
    log: { warn: fail, error: fail },
    pause: () => Promise.resolve(),
    random: Math.random,
  };
  for (let at = 0; at < DEVICES; at += 1) {
    const signals: readonly DeviceSignal[] = [
      {
        ...about(at, START),
        type: 'enrolled',
        properties: { operatingSystem: 'Android', osVersion: '15' },
      },
      { ...about(at, START), type: 'activated' },
      { ...about(at, START), type: 'riskReported', riskLevel: 'minimal' },
    ];
    await recomputeBatch(dependencies, toMessages(signals), new Date(START).toISOString());
  }
  return { devices, dependencies };
}

function fail(text: string): never {
  throw new Error(text);
}

/** Database reads and writes per heartbeat and per event, which are the same on every machine. */
async function countCosts({ devices, dependencies }: World): Promise<readonly Row[]> {
  const { reads, writes } = devices;
  let heartbeats = 0;
  const day = 24 * 60 * 60_000;
  // A day after everything else here, so the next signals are new.
  for (let moment = START + day; moment < START + 2 * day; moment += HEARTBEAT_IN_MILLISECONDS) {
    const signals = Array.from({ length: 100 }, (_, at): DeviceSignal => ({
      ...about(at, moment),
      type: 'heartbeat',
    }));
    await recomputeBatch(dependencies, toMessages(signals), new Date(moment).toISOString());
    heartbeats += signals.length;
  }
  const [readsAHeartbeat, writesAHeartbeat] = [
    (devices.reads - reads) / heartbeats,
    (devices.writes - writes) / heartbeats,
  ];
  const before = { reads: devices.reads, writes: devices.writes };
  const later = START + 3 * day;
  const events = Array.from({ length: 100 }, (_, at): DeviceSignal => ({
    ...about(at, later),
    type: 'riskReported',
    riskLevel: 'minimal',
  }));
  await recomputeBatch(dependencies, toMessages(events), new Date(later).toISOString());
  const [readsAnEvent, writesAnEvent] = [
    (devices.reads - before.reads) / events.length,
    (devices.writes - before.writes) / events.length,
  ];
  return [
    {
      what: 'reads a heartbeat, one each quarter of an hour',
      figure: readsAHeartbeat,
      unit: '',
      claim: atMost(readsAHeartbeat, 1),
    },
    {
      what: 'writes a heartbeat',
      figure: writesAHeartbeat,
      unit: '',
      claim: atMost(writesAHeartbeat, 1 / 8),
    },
    {
      what: 'reads an accepted event',
      figure: readsAnEvent,
      unit: '',
      claim: atMost(readsAnEvent, 1),
    },
    {
      what: 'writes an accepted event',
      figure: writesAnEvent,
      unit: '',
      claim: atMost(writesAnEvent, 1),
    },
  ];
}

function decisionServices({ devices, dependencies }: World): DecisionServices {
  return {
    config: { remediationUrl: 'https://mtd.example/remediation', ticketKeys: [] },
    devices,
    configuration: dependencies.configuration,
    decisions: {
      writer: '0123abcd',
      record: () => undefined,
      find: () => Promise.resolve(undefined),
    },
    milestones: dependencies.milestones,
    rateLimit: { take: () => undefined },
    log: dependencies.log,
  };
}
