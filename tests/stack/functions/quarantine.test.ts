import { randomBytes, randomUUID } from 'node:crypto';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { expect, it } from 'vitest';
import { QUARANTINE_CONTAINER_NAME } from '../../../shared/resources.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();

const container = (): ContainerClient =>
  BlobServiceClient.fromConnectionString(system.stack.description.storage).getContainerClient(
    QUARANTINE_CONTAINER_NAME,
  );

const write = (name: string, content: object): Promise<unknown> =>
  container()
    .getBlockBlobClient(name)
    .uploadData(Buffer.from(JSON.stringify(content)));

const replay = (name: string): Promise<{ readonly status: number }> =>
  system.client.request('POST', `quarantine/${name}/replay`, { as: 'admin' });

const toContent = (deviceId: string): object => ({
  source: 'webhook',
  contentType: 'application/json',
  requestId: randomUUID(),
  receivedDateTime: new Date().toISOString(),
  rejected: [],
  bodyBase64: Buffer.from(
    JSON.stringify({
      type: 'sepmobile.device.risk',
      timestamp: new Date().toISOString(),
      data: { deviceId, riskLevel: 'minimal' },
    }),
  ).toString('base64'),
});

it('replays no request that somebody else stored', async () => {
  const name = `${randomBytes(32).toString('hex')}.json`;
  const deviceId = `forged-${randomUUID()}`;
  for (const content of [toContent(deviceId), { ...toContent(deviceId), name, mac: 'x' }]) {
    await write(name, content);
    expect((await replay(name)).status).toBe(409);
  }
  const shown = await system.client.request('GET', `quarantine/${name}`, { as: 'admin' });
  expect([shown.status, shown.body['isAuthentic']]).toEqual([200, false]);
  const { body } = await system.client.compliance(deviceId);
  expect(body['partnerReportedThreatState']).toBe('unknown');
});

it('replays its own request, but not under another name or changed', async () => {
  const deviceId = `own-${randomUUID()}`;
  const event = { type: 'sepmobile.device.exploded', timestamp: 'never', data: { deviceId } };
  await system.client.sendBody(JSON.stringify([event]));
  let own = '';
  for await (const { name } of container().listBlobsFlat()) {
    const text = (await container().getBlobClient(name).downloadToBuffer()).toString();
    const { bodyBase64 } = JSON.parse(text) as { readonly bodyBase64: string };
    if (Buffer.from(bodyBase64, 'base64').includes(deviceId)) own = name;
  }
  const stored = JSON.parse(
    (await container().getBlobClient(own).downloadToBuffer()).toString(),
  ) as object;
  expect((await replay(own)).status).toBe(200);
  const other = `${randomBytes(32).toString('hex')}.json`;
  await write(other, stored);
  expect((await replay(other)).status).toBe(409);
  await write(own, { ...stored, requestId: 'another' });
  expect((await replay(own)).status).toBe(409);
});
