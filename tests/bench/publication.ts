import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { jwtVerify, SignJWT } from 'jose';
import { startCaepReceiver } from '../../infra/local/demo/caepReceiver.ts';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import { measureToldTransitions } from '../../infra/local/demo/measureToldTransitions.ts';
import { healthyDevice } from '../../infra/local/demo/play.ts';
import { startStack } from '../../infra/local/stack/startStack.ts';
import { percentiles } from '../../infra/local/demo/percentiles.ts';

/** What one token costs by itself: signed, pushed over HTTP on loopback, verified. */
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
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
  server.closeAllConnections();
  server.close();
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
      ids.map((deviceId) => measureToldTransitions(client, receiver, deviceId, count / atOnce)),
    );
    await receiver.stop();
    return all.flat();
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true });
  }
}

function row(name: string, measured: readonly number[]): string {
  const [p50 = 0, p99 = 0] = percentiles(measured, 0.5, 0.99);
  return `${name.padEnd(58)} ${String(measured.length).padStart(6)}  p50 ${p50.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(6)} ms`;
}

const { values } = parseArgs({
  options: {
    transitions: { type: 'string', default: '2000' },
    'at-once': { type: 'string', default: '4' },
  },
});
const count = Number(values.transitions);
const atOnce = Number(values['at-once']);
console.log(
  row('a token signed, pushed on loopback and verified, alone', await measureFloor(count / 4)),
);
console.log(
  row(
    `event sent → signed token verified, ${String(atOnce)} devices at once`,
    await measureSystem(count, atOnce),
  ),
);
