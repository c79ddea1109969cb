import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { CommandIo } from '../../../../infra/cli/commandIo.ts';
import { runProvision } from '../../../../infra/compose/runProvision.ts';
import { EMULATOR_LIMITS, toServiceBusConfig } from '../../../../infra/compose/serviceBusConfig.ts';
import {
  startCosmosServer,
  type CosmosServer,
} from '../../../../infra/local/cosmos/startCosmosServer.ts';
import { freePort } from '../../../../infra/local/stack/freePort.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import packageJson from '../../../../package.json' with { type: 'json' };
import { QUEUES } from '../../../../shared/resources.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';
import { quietStack } from '../../../support/sharedStacks.ts';

const system = quietStack();
const FOLDER = join(PROJECT_ROOT, 'infra/compose');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

interface Service {
  readonly image: string;
  readonly healthcheck?: { readonly test: string; readonly retries: number };
  readonly depends_on?: unknown;
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

  it('have tags that do not move', () => {
    const tags = Object.values(services).map(({ image }) => image.split(':')[1] ?? '');
    expect(tags.filter((tag) => !/\d/.test(tag) || /latest|preview/.test(tag))).toEqual([]);
    const [, azurite] = services['azurite']?.image.split(':') ?? [];
    expect(azurite).toBe(packageJson.devDependencies.azurite);
  });

  it('are waited for, each by a health check of its own or of a container beside it', () => {
    const unchecked = Object.entries(services).filter(([, each]) => each.healthcheck === undefined);
    expect(unchecked.map(([name]) => name)).toEqual(['service-bus']);
    expect(services['service-bus']?.depends_on).toEqual({ sql: { condition: 'service_healthy' } });
    const { test = '' } = services['service-bus-health']?.healthcheck ?? {};
    expect(test).toContain('http://service-bus:5300/health');
    expect(services['cosmos']?.healthcheck?.test).toContain(':8080/ready');
  });

  it('are started by the one command of the page and of the file', () => {
    const command = 'ACCEPT_EULA=Y docker compose --file infra/compose/compose.yaml up --wait';
    const page = readFileSync(join(PROJECT_ROOT, 'infra/deploy/README.md'), 'utf8');
    for (const text of [page, read('compose.yaml')])
      expect(text.match(/docker compose .+/g)?.map((each) => `ACCEPT_EULA=Y ${each}`)).toEqual([
        command,
      ]);
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

describe('npm run provision', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-provision-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the command with a settings file of these values. */
  const provision = (
    values: Readonly<Record<string, string>>,
    io: Partial<CommandIo> = {},
  ): Promise<CommandOutcome> => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify({ Values: values }));
    return callCommand(runProvision, ['--settings', file], io);
  };
  const settingsOf = (endpoint: string): Readonly<Record<string, string>> => {
    const { cosmos, storage } = system.stack.description;
    return {
      AzureWebJobsStorage: storage,
      CosmosDbConnection: `AccountEndpoint=${endpoint};AccountKey=${cosmos.key};`,
    };
  };

  it('creates missing resources, and rejects missing settings', async () => {
    const settings = settingsOf(system.stack.description.cosmos.endpoint);
    expect((await provision(settings)).code).toBe(0);
    expect((await provision({ ...settings, CosmosDbConnection: '' })).code).toBe(2);
  });

  it('waits for a database that is still starting', async () => {
    const { cosmos } = system.stack.description;
    const port = await freePort();
    const late = settingsOf(`http://127.0.0.1:${String(port)}/`);
    let database: CosmosServer | undefined;
    onTestFinished(() => database?.stop());
    const { code, err, out } = await provision(late, {
      // It starts once the command has begun to wait.
      pause: async () => {
        database ??= await startCosmosServer({ port, file: ':memory:', key: cosmos.key });
      },
    });
    expect([code, err, out]).toEqual([
      0,
      expect.stringContaining('waiting for the database') as string,
      'database and blob containers are ready\n',
    ]);
  });

  it('does not wait for a database that rejects the key', async () => {
    const { storage, cosmos } = system.stack.description;
    const wrong = `AccountEndpoint=${cosmos.endpoint};AccountKey=${Buffer.from('wrong').toString('base64')};`;
    const settings = { AzureWebJobsStorage: storage, CosmosDbConnection: wrong };
    const { code, err } = await provision(settings);
    expect([code, err]).toEqual([1, expect.not.stringContaining('waiting') as string]);
  });
});
