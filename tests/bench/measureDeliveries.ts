import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';
import { startCaepReceiver } from '../../infra/local/demo/caepReceiver.ts';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import { measureDeliveries as measureDeliveriesTo } from '../../infra/local/demo/measureDeliveries.ts';
import { healthyDevice } from '../../infra/local/demo/play.ts';
import { startStack } from '../../infra/local/stack/startStack.ts';
import type { Row, Section } from './report.ts';
import { percentiles } from '../../infra/node/percentiles.ts';
import { listenOnLoopback } from '../../infra/local/listenOnLoopback.ts';
import { stopServer } from '../support/stopServer.ts';

const TRANSITIONS = 2000;
const AT_ONCE = 4;

/** The cost of one token alone: signed, pushed over HTTP on loopback, verified. */
async function measureFloor(count: number): Promise<readonly number[]> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      jwtVerify(Buffer.concat(chunks).toString(), publicKey).then(
        () => response.writeHead(202).end(),
        () => response.writeHead(400).end(),
      );
    });
  });
  const url = await listenOnLoopback(server);
  const measured: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const startedAt = performance.now();
    const token = await new SignJWT({ jti: randomUUID(), events: {} })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);
    const { status } = await fetch(url, { method: 'POST', body: token });
    if (status !== 202) throw new Error(`the floor's own token was answered ${String(status)}`);
    measured.push(performance.now() - startedAt);
  }
  await stopServer(server);
  return measured;
}

async function measureSystem(count: number, atOnce: number): Promise<readonly number[]> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-bench-'));
  const stack = await startStack({ stateFolder });
  try {
    const client = new OuterClient(stack.description);
    const ids = Array.from({ length: atOnce }, (_, at) => `bench-${String(at)}`);
    for (const deviceId of ids) await healthyDevice(client, deviceId, () => undefined);
    const receiver = await startCaepReceiver(stack.description.api, await client.token('receiver'));
    const all = await Promise.all(
      ids.map((deviceId) => measureDeliveriesTo(client, receiver, deviceId, count / atOnce)),
    );
    await receiver.stop();
    return all.flat();
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true });
  }
}

/** The time from a sent event to a verified token, through the whole system on this machine. */
export async function measureDeliveries(): Promise<Section> {
  const floor = percentiles(await measureFloor(TRANSITIONS / 4), 0.5, 0.99);
  const whole = percentiles(await measureSystem(TRANSITIONS, AT_ONCE), 0.5, 0.99);
  const rows = ['median', '99th percentile'].flatMap((name, at): readonly Row[] => {
    const [alone = 0, system = 0] = [floor[at], whole[at]];
    return [
      { what: `a token alone: signed, pushed, verified; ${name}`, figure: alone, unit: 'ms' },
      {
        what: `event sent to token verified, ${String(AT_ONCE)} devices at once; ${name}`,
        figure: system,
        unit: 'ms',
        ratio: { of: 'a token alone', value: system / alone },
      },
    ];
  });
  return { title: 'From an event to a verified token at a receiver', rows };
}
