import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { BlobServiceClient } from '@azure/storage-blob';
import { startSesServer, type SesServer } from '../ses/startSesServer.ts';
import { writeLocalSourceSecrets } from '../stack/secrets.ts';
import type { OuterClient } from './outerClient.ts';
import { access, change, healthyDevice, INSTRUCTIONS, until, type Report } from './play.ts';

const SIEM_SECRET = randomBytes(24).toString('base64url');
const SES_CREDENTIAL = randomBytes(24).toString('base64url');
const STREAM = { streamId: 'demo-stream', channelId: 'demo-channel' };
const CONTAINER = 'ses-events';
const RESOURCES = ['exchangeOnline'];

/** The words of one channel: what it sends when malware is found, and when it is gone. */
interface Channel {
  readonly name: string;
  readonly deviceId: string;
  readonly send: (isOver: boolean) => Promise<void>;
}

/** Malware is found and resolved, in the words of each of Symantec's three channels, without any field of ours. */
export async function playSources(
  client: OuterClient,
  storage: string,
  stateFolder: string,
  report: Report,
): Promise<void> {
  const ses = await startSesServer({ credential: SES_CREDENTIAL, ...STREAM });
  try {
    await setUp(client, storage, stateFolder, ses);
    for (const channel of toChannels(client, storage, ses))
      await playChannel(client, channel, report);
    await change(client, 'DELETE', 'deviceManagement/eventSources/ses');
  } finally {
    await ses.stop();
  }
}

async function playChannel(client: OuterClient, channel: Channel, report: Report): Promise<void> {
  const { name, deviceId, send } = channel;
  await healthyDevice(client, deviceId, () => undefined, { serialNumber: serialOf(deviceId) });
  for (const [isOver, step, expected] of [
    [false, 'malware found', `block: ${INSTRUCTIONS.removeApp}`],
    [true, 'malware removed', 'allow'],
  ] as const) {
    const startedAt = performance.now();
    await send(isOver);
    const outcome = await until(() => access(client, deviceId, RESOURCES), expected, startedAt);
    report({ title: `${name}: ${step}`, expected, ...outcome });
  }
}

function serialOf(deviceId: string): string {
  return `SERIAL-${deviceId.toUpperCase()}`;
}

/** The secrets are settings, so the worker starts again with them. */
async function setUp(
  client: OuterClient,
  storage: string,
  stateFolder: string,
  ses: SesServer,
): Promise<void> {
  const setting = (name: string): string => new RegExp(`${name}=([^;]+)`).exec(storage)?.[1] ?? '';
  const account = setting('AccountName');
  const containerUrl = `${setting('BlobEndpoint')}/${CONTAINER}`;
  await BlobServiceClient.fromConnectionString(storage).createContainer(CONTAINER);
  writeLocalSourceSecrets(stateFolder, {
    siem: [SIEM_SECRET],
    ses: [SES_CREDENTIAL],
    blobs: [`${account}:${setting('AccountKey')}`],
  });
  const create = async (json: object): Promise<string> => {
    const path = 'deviceManagement/eventSources';
    const status = await statusOf(client.request('POST', path, { as: 'admin', json }));
    return status === 201 || status === 409 ? 'created' : `HTTP ${String(status)}`;
  };
  const sources = [
    { id: 'siem', displayName: 'SEP Mobile SIEM export', kind: 'sepMobileSiem' },
    {
      id: 'ses',
      displayName: 'Symantec event export',
      kind: 'sesEventExport',
      connection: { endpoint: ses.address, ...STREAM },
    },
    {
      id: 'blobs',
      displayName: 'Symantec event streaming',
      kind: 'sesBlob',
      connection: { containerUrl },
    },
  ];
  for (const source of sources)
    await until(() => create({ ...source, isEnabled: true }), 'created');
  const hasSecrets = async (): Promise<string> => {
    const path = 'deviceManagement/eventSources/blobs/status';
    const asked = client.request('GET', path, { as: 'admin' });
    return asked.then(
      ({ body }) => String(body['secretCount']),
      () => 'no answer',
    );
  };
  await until(hasSecrets, '1');
}

/** The worker does not answer while it starts again. */
function statusOf(answer: Promise<{ readonly status: number }>): Promise<number> {
  return answer.then(
    ({ status }) => status,
    () => 0,
  );
}

function toChannels(client: OuterClient, storage: string, ses: SesServer): readonly Channel[] {
  const service = BlobServiceClient.fromConnectionString(storage);
  return [
    {
      name: 'SEP Mobile SIEM export, by serial number',
      deviceId: 'demo-siem',
      async send(isOver) {
        const { status } = await client.request('POST', 'eventSources/siem/events', {
          headers: { 'x-api-key': SIEM_SECRET },
          body: JSON.stringify(toAlert(serialOf('demo-siem'), isOver)),
        });
        if (status !== 202) throw new Error(`the push returned HTTP ${String(status)}`);
      },
    },
    {
      name: 'Symantec event export, pulled',
      deviceId: 'demo-export',
      send: (isOver) => Promise.resolve(ses.append([toDetection('demo-export', isOver)])),
    },
    {
      name: 'Symantec event streaming, from a blob',
      deviceId: 'demo-blob',
      async send(isOver) {
        const line = `${JSON.stringify(toDetection('demo-blob', isOver))}\n`;
        const blob = service
          .getContainerClient(CONTAINER)
          .getBlockBlobClient(`${randomUUID()}.json.gz`);
        await blob.uploadData(gzipSync(line));
      },
    },
  ];
}

/** SEP Mobile's SIEM export. */
function toAlert(serialNumber: string, isOver: boolean): object {
  return {
    type: 'Malware',
    sub_type: 'Malicious app',
    event_type: isOver ? 'closed' : 'opened',
    severity: 'High',
    id: 4711,
    timestamp: new Date().toISOString().replace('Z', '+0000'),
    package_name: 'com.example.fakebank',
    user: { email: null, name: null },
    device: { name: 'phone', serial_number: serialNumber, os_type: 'Android' },
  };
}

/** The Integrated Cyber Defense schema. */
function toDetection(deviceId: string, isOver: boolean): object {
  return {
    uuid: randomUUID(),
    type_id: 8031,
    category_id: 1,
    severity_id: 4,
    // The outcome: quarantined, or left alone.
    id: isOver ? 12 : 14,
    device_os_type_id: 501,
    device_uid: deviceId,
    device_time: Date.now(),
    time: Date.now(),
    threat: { id: 77, name: 'Android.FakeBank', type_id: 1, risk_id: 100 },
    file: { name: 'fakebank.apk', sha2: 'a'.repeat(64) },
  };
}
