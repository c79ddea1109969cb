import { join, resolve } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startChildPart, type ChildPart } from '../../../../infra/local/stack/childPart.ts';
import { pullSources } from '../../../../shared/core/eventSources/pull/pullSources.ts';
import type { SourceProgress } from '../../../../shared/core/ports/eventSources.ts';
import { createPullWorld, sesEvents, type PullWorld } from '../../../support/pullWorld.ts';
import { sampleSource } from '../../../support/sampleSource.ts';

const ID = 'sesBlob';
const RUN_IN_SECONDS = 240;
const folder = mkdtempSync(join(tmpdir(), 'mtd-blobs-'));

let azurite: ChildPart;
let service: BlobServiceClient;
let container: ContainerClient;
let world: PullWorld;
let containers = 0;

beforeAll(async () => {
  azurite = await startChildPart({
    name: 'azurite',
    entry: resolve(import.meta.dirname, '../../../../infra/local/azurite/main.ts'),
    environment: { AZURITE_LOCATION: folder },
    logFile: join(folder, 'azurite.log'),
  });
  service = BlobServiceClient.fromConnectionString(azurite.address);
});
afterAll(async () => {
  await azurite.stop(60_000);
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  containers += 1;
  container = service.getContainerClient(`events-${String(containers)}`);
  await container.create();
  world = worldOf();
  // The blobs are written at the time of this machine.
  world.advance((Date.now() - world.now().getTime()) / 1000);
});

function worldOf({
  containerUrl = container.url,
  secret = secretIn(azurite.address),
  allowedNetworks = ['127.0.0.1/32'],
} = {}): PullWorld {
  const sources = [sampleSource(ID, { containerUrl, prefix: 'ses/' })];
  return createPullWorld({ sources, secrets: { [ID]: [secret] }, allowedNetworks });
}

/** `account:key` of a connection string. */
function secretIn(connectionString: string): string {
  const part = (name: string): string =>
    new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? '';
  return `${part('AccountName')}:${part('AccountKey')}`;
}

async function write(name: string, content: Buffer | string): Promise<void> {
  const bytes = Buffer.from(content);
  await container.getBlockBlobClient(name).upload(bytes, bytes.length);
}

function linesOf(from: number, to: number): string {
  return sesEvents(from, to)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
}

async function pull(): Promise<SourceProgress> {
  await pullSources(world, RUN_IN_SECONDS);
  return world.progressOf(ID);
}

it('reads blobs below the prefix, packed or not, line by line, and goes on with new ones', async () => {
  await write('ses/a.json', linesOf(0, 3));
  await write('ses/b.json.gz', gzipSync(linesOf(3, 1500)));
  await write('other/c.json', linesOf(2000, 2001));
  expect((await pull()).counts).toMatchObject({ accepted: 1500, rejected: 0 });
  await write('ses/d', gzipSync(linesOf(1500, 1501)));
  expect((await pull()).counts).toMatchObject({ accepted: 1501, rejected: 0 });
  expect((await pull()).failure).toBeUndefined();
  expect(world.queued.filter(({ type }) => type === 'incidentReported')).toHaveLength(1501);
});

it('leaves a damaged blob behind: what can be read of it counts, and the others too', async () => {
  const packed = gzipSync(linesOf(0, 2000));
  await write('ses/a.gz', packed.subarray(0, packed.length - 2000));
  await write('ses/b.gz', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no gzip')]));
  await write('ses/c', linesOf(5000, 5003));
  const { counts, failure } = await pull();
  expect(failure).toBeUndefined();
  // Both blobs, and the line that is cut.
  expect(counts.rejected).toBe(3);
  expect(counts.accepted).toBeGreaterThan(1000);
  expect(world.logged.filter((line) => line.includes('left behind'))).toHaveLength(2);
  expect((await pull()).counts).toEqual(counts);
});

it('reads a blob again that was appended to', async () => {
  const blob = container.getAppendBlobClient('ses/log');
  await blob.create();
  await blob.appendBlock(linesOf(0, 1), linesOf(0, 1).length);
  expect((await pull()).counts.accepted).toBe(1);
  await blob.appendBlock(linesOf(1, 2), linesOf(1, 2).length);
  await pull();
  const ids = new Set(world.queued.map(({ signalId }) => signalId));
  expect(ids.size).toBe(new Set(world.queued).size - 1);
});

it('goes on within a blob where the last worker died, and counts nothing twice', async () => {
  await write('ses/a', linesOf(0, 2000));
  let sends = 0;
  world.beforeCall = (call) => {
    if (call === 'send') sends += 1;
    if (sends === 3) throw new Error('killed');
  };
  expect((await pull()).counts.accepted).toBe(1000);
  world.beforeCall = () => undefined;
  world.advance(24 * 60 * 60);
  expect((await pull()).counts.accepted).toBe(2000);
});

it('names the field at fault: the secret, the container, or a private network', async () => {
  world = worldOf({ secret: `devstoreaccount1:${Buffer.from('wrong').toString('base64')}` });
  expect((await pull()).failure).toMatchObject({ code: 'accessDenied', field: 'authentication' });
  world = worldOf({ containerUrl: `${container.url}-unknown` });
  const field = 'connection.containerUrl';
  expect((await pull()).failure).toMatchObject({ code: 'containerUnknown', field });
  world = worldOf({ allowedNetworks: [] });
  expect((await pull()).failure).toMatchObject({ code: 'addressRefused', field });
});

it('opens no connection to a name in a private network', async () => {
  const url = new URL(container.url);
  url.hostname = 'localhost';
  world = worldOf({ containerUrl: url.href.replace('http:', 'https:'), allowedNetworks: [] });
  const { failure } = await pull();
  expect(failure).toMatchObject({ code: 'addressRefused', field: 'connection.containerUrl' });
});
