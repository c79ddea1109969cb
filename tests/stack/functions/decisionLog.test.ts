import { randomUUID } from 'node:crypto';
import { createServer, request as send, type IncomingMessage, type Server } from 'node:http';
import { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../infra/local/listenOnLoopback.ts';
import {
  openBlobDecisionLog,
  type OpenDecisionLog,
} from '../../../shared/adapters/blobs/blobDecisionLog.ts';
import { createDecisionId } from '../../../shared/core/decisions/decisionId.ts';
import type { DecisionRecord } from '../../../shared/core/ports/logs.ts';
import { DECISIONS_CONTAINER_NAME } from '../../../shared/resources.ts';
import { decisionRecord } from '../../support/decisionRecord.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { stopServer } from '../../support/stopServer.ts';

const system = quietStack();
const MINUTE = '2026-01-31T23:59';
const AT = new Date(`${MINUTE}:30.000Z`);
const FOLDER = '2026-01-31/23-59';
const SILENT = { warn: () => undefined };

/** The blobs that were downloaded through the proxy. */
let downloads: string[] = [];
let proxy: Server;
let connectionString: string;

beforeAll(async () => {
  const { storage } = system.stack.description;
  const endpoint = /BlobEndpoint=([^;]+)/.exec(storage)?.[1] ?? '';
  proxy = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    const target = new URL(url, endpoint);
    const forwarded = send(target, { method, headers }, (answer: IncomingMessage) => {
      const isDownload = method === 'GET' && !target.searchParams.has('comp');
      if (isDownload && answer.statusCode === 200) downloads.push(target.pathname);
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  const address = await listenOnLoopback(proxy);
  const path = new URL(endpoint).pathname;
  connectionString = storage.replace(endpoint, `${address}${path}`);
});
afterAll(() => stopServer(proxy));

const open = (): OpenDecisionLog =>
  openBlobDecisionLog({ kind: 'connectionString', connectionString });

const recordOf = (decisionId: string): DecisionRecord => decisionRecord(decisionId, AT);

/** Writes decisions as one process, and returns their ids. */
async function writeAsProcess(count: number): Promise<readonly string[]> {
  const log = open();
  const ids = Array.from({ length: count }, () => createDecisionId(AT, log.writer));
  log.record(ids.map(recordOf), SILENT);
  await log.close();
  return ids;
}

/** Writes a blob as an earlier version did: named after a UUID, with ids that name no writer. */
async function writeAsEarlierVersion(): Promise<string> {
  const id = createDecisionId(AT, 'ffffffff').slice(0, -8) + randomUUID().slice(0, 8);
  const container = new ContainerClient(system.stack.description.storage, DECISIONS_CONTAINER_NAME);
  const text = `${JSON.stringify(recordOf(randomUUID()))}\n${JSON.stringify(recordOf(id))}\n`;
  const blob = container.getAppendBlobClient(`${FOLDER}/${randomUUID()}.jsonl`);
  await blob.create();
  await blob.appendBlock(text, Buffer.byteLength(text));
  return id;
}

async function find(id: string): Promise<{ readonly found: unknown; readonly blobs: number }> {
  downloads = [];
  const found = await open().find(id, AT);
  return { found, blobs: downloads.length };
}

describe('a decision in a minute of many processes', () => {
  let byProcess: readonly (readonly string[])[];
  beforeAll(async () => {
    byProcess = await Promise.all([3000, 5, 5, 5, 5, 5].map(writeAsProcess));
  });

  it('is found with one download, whichever process decided', async () => {
    for (const ids of byProcess) {
      const id = ids.at(-1) ?? '';
      expect(await find(id)).toEqual({ found: recordOf(id), blobs: 1 });
    }
  });

  it('is found wherever the pieces of the download end', async () => {
    const [ids = []] = byProcess;
    for (let at = 0; at < ids.length; at += 250)
      expect((await find(ids[at] ?? '')).found).toEqual(recordOf(ids[at] ?? ''));
  });

  it('is not found with one download at most if its writer lost it, and none if nobody wrote', async () => {
    const writer = (byProcess[1]?.[0] ?? '').slice(-8);
    expect(await find(createDecisionId(AT, writer))).toEqual({ found: undefined, blobs: 1 });
    expect(await find(createDecisionId(AT, '00000000'))).toEqual({ found: undefined, blobs: 0 });
  });

  it('is found if an earlier version wrote it, without reading the blobs of this one', async () => {
    const ids = [await writeAsEarlierVersion(), await writeAsEarlierVersion()];
    for (const id of ids) {
      const { found, blobs } = await find(id);
      expect(found).toEqual(recordOf(id));
      expect(blobs).toBeLessThanOrEqual(ids.length);
    }
  });
});

describe('the endpoint of the decision log', () => {
  const statusOf = async (id: string, token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await system.client.request('GET', `accessDecisions/${id}`, { headers })).status;
  };
  const newReader = (): Promise<string> =>
    system.sign({ azp: randomUUID(), roles: ['Devices.Read.All'] });

  it('asks the storage only for moments that the log can have', async () => {
    const token = await newReader();
    const moments = ['2022-02-22T19:22:22Z', '2099-01-01T00:00:00Z'].map((text) => new Date(text));
    for (const moment of moments)
      expect(await statusOf(createDecisionId(moment, '01234567'), token)).toBe(404);
  });
});
