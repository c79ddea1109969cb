import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { runPart, type LocalPart } from '../runPart.ts';

/** Azurite's only account, which is well known. */
const ACCOUNT = 'devstoreaccount1';
const KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Azurite's unmodified blob service as a process that ends with this one. */
async function startAzurite(): Promise<LocalPart> {
  const child = forkAzurite(process.env['LOCAL_PORT'] ?? '0');
  child.once('exit', (code) => process.exit(code ?? 1));
  const endpoint = `${await listeningAddress(child)}/${ACCOUNT}`;
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

function forkAzurite(port: string): ChildProcess {
  const root = dirname(createRequire(import.meta.url).resolve('azurite/package.json'));
  return fork(
    join(root, 'dist/src/blob/main.js'),
    [
      `--blobHost=127.0.0.1`,
      `--blobPort=${port}`,
      `--location=${process.env['AZURITE_LOCATION'] ?? '.'}`,
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ],
    {
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        '--import',
        join(import.meta.dirname, 'preload.ts'),
      ],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      // In a process group of its own, so Ctrl-C does not end it before the parts that still write to it.
      detached: true,
    },
  );
}

/**
 * The address from Azurite's output. Azurite chooses a free port itself, so no other process can take it in between.
 */
async function listeningAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('the output of Azurite must be a pipe');
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      console.log(line);
      const [, address] = /successfully listens on (http:\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

await runPart(startAzurite);
