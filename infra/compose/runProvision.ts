import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../cli/command.ts';
import { runCommandLine } from '../cli/commandLine.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { provisionCosmos, provisionStorage } from '../local/stack/provision.ts';
import { untilAnswered } from './untilAnswered.ts';

const USAGE = `usage: npm run provision [-- --settings FILE]

Creates the database, its containers, the blob containers and a sample organisation in the services that FILE names.
FILE is local.settings.json by default. Nothing that exists is changed. The emulator creates the queues from its own file.
Waits two minutes for services that are still starting.`;

const OPTIONS = { settings: { type: 'string', default: 'local.settings.json' } } as const;

/** Runs `npm run provision -- {argv}` and returns its exit code. */
export function runProvision(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'provision', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, async ({ values: { settings: file } }) => {
    const { storage, endpoint, key } = readSettings(file);
    await untilAnswered('the database', () => provisionCosmos(endpoint, key), io);
    await untilAnswered('the storage', () => provisionStorage(storage), io);
    io.print('database and blob containers are ready');
    return 0;
  });
}

interface Services {
  readonly storage: string;
  readonly endpoint: string;
  readonly key: string;
}

/** @throws UsageError if the file or one of its settings is missing. */
function readSettings(file: string): Services {
  if (!existsSync(file))
    throw new UsageError(`there is no \`${file}\`: create it from local.settings.example.json`);
  const { Values: settings } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly Values: Readonly<Record<string, string>>;
  };
  const { AzureWebJobsStorage: storage = '', CosmosDbConnection: cosmos = '' } = settings;
  const [, endpoint, key] = /^AccountEndpoint=([^;]+);AccountKey=([^;]+);?$/.exec(cosmos) ?? [];
  if (endpoint === undefined || key === undefined || storage === '')
    throw new UsageError(
      `\`${file}\` must contain AzureWebJobsStorage, and CosmosDbConnection with an account key`,
    );
  return { storage, endpoint, key };
}
