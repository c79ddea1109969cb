import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EMULATOR_LIMITS, toServiceBusConfig } from '../../../../infra/compose/serviceBusConfig.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { QUEUES } from '../../../../shared/resources.ts';
import { quietStack } from '../../../support/sharedStacks.ts';

const system = quietStack();
const FOLDER = join(PROJECT_ROOT, 'infra/compose');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

interface Service {
  readonly image: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

describe('the emulators', () => {
  const { services } = parse(read('compose.yaml')) as {
    readonly services: Readonly<Record<string, Service>>;
  };

  it('are Microsoft’s, and reachable only from this machine', () => {
    const all = Object.values(services);
    expect(all.map(({ image }) => image.split('/')[0])).toEqual(all.map(() => 'mcr.microsoft.com'));
    const ports = all.flatMap(({ ports = [] }) => ports);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('have the ports of the example settings', () => {
    const { Values: settings } = JSON.parse(
      readFileSync(join(PROJECT_ROOT, 'local.settings.example.json'), 'utf8'),
    ) as { readonly Values: Readonly<Record<string, string>> };
    expect(settings['CosmosDbConnection']).toContain('http://localhost:8081/');
    expect(services['cosmos']?.ports).toContain('127.0.0.1:8081:8081');
    expect(settings['ServiceBusConnection']).toContain('UseDevelopmentEmulator=true');
    expect(services['service-bus']?.ports).toEqual(['127.0.0.1:5672:5672']);
    expect(settings['AzureWebJobsStorage']).toBe('UseDevelopmentStorage=true');
    expect(services['azurite']?.ports).toContain('127.0.0.1:10000:10000');
  });

  it('have the queues of the code, with shorter retention', () => {
    expect(JSON.parse(read('serviceBus.json'))).toEqual(toServiceBusConfig());
    const written = JSON.parse(read('serviceBus.json')) as {
      readonly UserConfig: {
        readonly Namespaces: readonly {
          readonly Queues: readonly {
            readonly Name: string;
            readonly Properties: Readonly<Record<string, unknown>>;
          }[];
        }[];
      };
    };
    const queues = written.UserConfig.Namespaces.flatMap(({ Queues }) => Queues);
    expect(queues.map(({ Name }) => Name)).toEqual(QUEUES.map(({ name }) => name));
    expect(queues.map(({ Properties: p }) => [p['LockDuration'], p['MaxDeliveryCount']])).toEqual(
      QUEUES.map(({ lockDuration, maxDeliveryCount }) => [lockDuration, maxDeliveryCount]),
    );
    expect(queues.map(({ Properties: p }) => p['DefaultMessageTimeToLive'])).toEqual(
      queues.map(() => EMULATOR_LIMITS.defaultMessageTimeToLive),
    );
  });
});

/** Runs the command with a settings file of these values. Returns its exit code. */
function provision(values: Readonly<Record<string, string>>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-provision-'));
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify({ Values: values }));
  return new Promise((resolve) => {
    const script = join(FOLDER, 'provision.ts');
    execFile(process.execPath, [script, '--settings', file], (error) => {
      rmSync(folder, { recursive: true });
      resolve(error === null ? 0 : Number(error.code));
    });
  });
}

it('`npm run provision` creates missing resources, and rejects missing settings', async () => {
  const { cosmos, storage } = system.stack.description;
  const settings = {
    AzureWebJobsStorage: storage,
    CosmosDbConnection: `AccountEndpoint=${cosmos.endpoint};AccountKey=${cosmos.key};`,
  };
  expect(await provision(settings)).toBe(0);
  expect(await provision({ ...settings, CosmosDbConnection: '' })).toBe(2);
});
