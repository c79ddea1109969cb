import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import {
  CONTAINER,
  SES_CREDENTIAL,
  setUpSources,
  SIEM_SECRET,
  STREAM,
  toAlert,
  toDetection,
} from '../../infra/local/demo/playSources.ts';
import { healthyDevice } from '../../infra/local/demo/play.ts';
import { startSesServer, type SesServer } from '../../infra/local/ses/startSesServer.ts';
import { startStack } from '../../infra/local/stack/startStack.ts';
import { percentiles } from '../../infra/node/percentiles.ts';
import { mapConcurrently } from '../../shared/base/mapConcurrently.ts';
import { WITHOUT_TIMERS } from '../support/withoutTimers.ts';
import { atMost, type Row, type Section } from './report.ts';

const PHONES = 100;
const LIMIT_IN_MILLISECONDS = 1000;
const ASKED_AT_ONCE = 8;
const PATIENCE_IN_MILLISECONDS = 30_000;

/** How the events of all phones get into the system. */
interface Channel {
  readonly name: string;
  readonly toEvent: (phone: string, isOver: boolean) => object;
  readonly send: (events: readonly object[]) => Promise<unknown>;
}

/** The time from the moment at which a vendor's events are read to the changed decision of each phone. */
export async function measureSources(): Promise<Section> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-bench-'));
  const settings = { ...WITHOUT_TIMERS, DECISIONS_PER_SECOND: '9999' };
  const stack = await startStack({ stateFolder, settings });
  const ses = await startSesServer({ credential: SES_CREDENTIAL, ...STREAM });
  try {
    const { description } = stack;
    const client = new OuterClient(description);
    await setUpSources(client, description.storage, stateFolder, ses);
    const phones = Array.from({ length: PHONES }, (_, at) => `bench-phone-${String(at)}`);
    for (const phone of phones)
      await healthyDevice(client, phone, () => undefined, { serialNumber: `SERIAL-${phone}` });
    const rows: Row[] = [];
    for (const channel of toChannels(client, description.storage, ses))
      rows.push(...(await measureChannel(client, channel, phones)));
    return { title: `From ${String(PHONES)} read events to changed decisions`, rows };
  } finally {
    await ses.stop();
    await stack.stop();
    rmSync(stateFolder, { recursive: true });
  }
}

async function measureChannel(
  client: OuterClient,
  { name, toEvent, send }: Channel,
  phones: readonly string[],
): Promise<readonly Row[]> {
  const measured: number[] = [];
  for (const isOver of [false, true]) {
    const startedAt = performance.now();
    const sending = send(phones.map((phone) => toEvent(phone, isOver)));
    const expected = isOver ? 'allow' : 'block';
    const waits = await mapConcurrently(phones, ASKED_AT_ONCE, (phone) =>
      untilDecided(client, phone, expected, startedAt),
    );
    measured.push(...waits);
    await sending;
  }
  const [median = 0, last = 0] = percentiles(measured, 0.5, 0.99);
  return [
    { what: `${name}; median`, figure: median, unit: 'ms' },
    {
      what: `${name}; 99th percentile`,
      figure: last,
      unit: 'ms',
      claim: atMost(last, LIMIT_IN_MILLISECONDS),
    },
  ];
}

async function untilDecided(
  client: OuterClient,
  deviceId: string,
  expected: string,
  startedAt: number,
): Promise<number> {
  for (;;) {
    const { body } = await client.decide({ deviceId }, 'exchangeOnline');
    const milliseconds = performance.now() - startedAt;
    if (body['decision'] === expected) return milliseconds;
    if (milliseconds > PATIENCE_IN_MILLISECONDS) throw new Error(`${deviceId} is not ${expected}`);
  }
}

function toChannels(client: OuterClient, storage: string, ses: SesServer): readonly Channel[] {
  const container = BlobServiceClient.fromConnectionString(storage).getContainerClient(CONTAINER);
  const pull = (id: string): Promise<unknown> =>
    client.request('POST', `deviceManagement/eventSources/${id}/pullNow`, { as: 'admin' });
  const push = (id: string) => (events: readonly object[]) =>
    client.request('POST', `eventSources/${id}/events`, {
      headers: { 'x-api-key': SIEM_SECRET },
      body: events.map((event) => JSON.stringify(event)).join('\n'),
    });
  return [
    {
      name: 'SEP Mobile SIEM export, pushed',
      toEvent: (phone, isOver) => toAlert(`SERIAL-${phone}`, isOver),
      send: push('siem'),
    },
    { name: 'Zimperium, pushed', toEvent: toZimperium, send: push('zimperium') },
    { name: 'Lookout, pushed', toEvent: toLookout, send: push('lookout') },
    {
      name: 'Symantec event export, pulled',
      toEvent: toDetection,
      async send(events) {
        ses.append(events);
        return pull('ses');
      },
    },
    {
      name: 'Symantec event streaming, a blob',
      toEvent: toDetection,
      async send(events) {
        const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
        await container.getBlockBlobClient(`${randomUUID()}.json`).uploadData(Buffer.from(text));
        return pull('blobs');
      },
    },
  ];
}

function toZimperium(phone: string, isOver: boolean): object {
  return {
    event_id: `event-of-${phone}`,
    severity: 3,
    mitigated: isOver,
    eventtimestamp: new Date().toISOString(),
    device_info: { device_id: `SERIAL-${phone}`, mdm_device_id: null, os: 'android' },
    threat: { name: 'SUSPICIOUS_ANDROID_APP', category: 'SINGULAR', general: {} },
  };
}

function toLookout(phone: string, isOver: boolean): object {
  return {
    id: randomUUID(),
    type: 'THREAT',
    change_type: 'UPDATE',
    created_time: new Date().toISOString(),
    threat: {
      id: `threat-of-${phone}`,
      status: isOver ? 'RESOLVED' : 'OPEN',
      severity: 'HIGH',
      classification: 'TROJAN',
    },
    device: { customer_device_id: `SERIAL-${phone}` },
  };
}
