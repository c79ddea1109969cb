import { fork, type ChildProcess } from 'node:child_process';
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
const MAX_TRIES = 5;

/** Azurite, as it is: its blob service as a process that ends with this one. */
async function startAzurite(): Promise<LocalPart> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(Number(process.env['LOCAL_PORT'] ?? 0));
    const child = forkAzurite(port);
    const endpoint = `http://127.0.0.1:${String(port)}/${ACCOUNT}`;
    if (await isReady(child, endpoint)) {
      child.once('exit', (code) => process.exit(code ?? 1));
      return toPart(child, endpoint);
    }
    // As a rule another took the port between the look and the start.
    if (attempt === MAX_TRIES) throw new Error('Azurite does not start');
  }
}

function forkAzurite(port: number): ChildProcess {
  const root = dirname(createRequire(import.meta.url).resolve('azurite/package.json'));
  return fork(
    join(root, 'dist/src/blob/main.js'),
    [
      `--blobHost=127.0.0.1`,
      `--blobPort=${String(port)}`,
      `--location=${process.env['AZURITE_LOCATION'] ?? '.'}`,
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
    {
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        '--import',
        join(import.meta.dirname, 'endWithParent.ts'),
      ],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Out of the terminal's reach: Ctrl-C must not end it before those that still write to it.
      detached: true,
    },
  );
}

function toPart(child: ChildProcess, endpoint: string): LocalPart {
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

/** Resolves with whether it answers, or has ended instead. */
async function isReady(child: ChildProcess, endpoint: string): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await isAnswering(endpoint)) return child.exitCode === null && child.signalCode === null;
    await pause(PROBE_INTERVAL_IN_MILLISECONDS);
  }
  return false;
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
