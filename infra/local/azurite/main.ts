import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { runPart, type LocalPart } from '../runPart.ts';

/** Azurite's well-known account; it has no other. */
const ACCOUNT = 'devstoreaccount1';
const KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azurite, as it is: its blob service as a process that ends with this one. */
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
      // Out of the terminal's reach: Ctrl-C must not end it before those that still write to it.
      detached: true,
    },
  );
}

/** Where Azurite says that it listens: it has chosen the port itself, so nobody else can have it. */
async function listeningAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('the output of Azurite is not read');
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      console.log(line);
      const [, address] = /successfully listens on (http:\S+)/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
  });
}

await runPart(startAzurite);
