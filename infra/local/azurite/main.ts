import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../stack/freePort.ts';
import { runPart, type LocalPart } from '../runPart.ts';

/** Azurite's well-known account; it has no other. */
const ACCOUNT = 'devstoreaccount1';
const KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const PROBE_INTERVAL_IN_MILLISECONDS = 50;

/** Azurite, as it is: its blob service as a process, under one that ends it when the parent has gone. */
async function startAzurite(): Promise<LocalPart> {
  const port = await freePort(Number(process.env['LOCAL_PORT'] ?? 0));
  const root = dirname(createRequire(import.meta.url).resolve('azurite/package.json'));
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist/src/blob/main.js'),
      `--blobHost=127.0.0.1`,
      `--blobPort=${String(port)}`,
      `--location=${process.env['AZURITE_LOCATION'] ?? '.'}`,
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
    // Out of the terminal's reach: Ctrl-C must not end it before those that still write to it.
    { stdio: 'inherit', detached: true },
  );
  child.once('exit', (code) => process.exit(code ?? 1));
  const endpoint = `http://127.0.0.1:${String(port)}/${ACCOUNT}`;
  while (!(await isAnswering(endpoint))) await pause(PROBE_INTERVAL_IN_MILLISECONDS);
  return {
    address: `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=${endpoint};`,
    async stop() {
      child.removeAllListeners('exit');
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isAnswering(endpoint: string): Promise<boolean> {
  try {
    await (await fetch(endpoint)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

await runPart(startAzurite);
