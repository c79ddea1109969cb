import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { startCosmosServer } from '../../infra/local/cosmos/startCosmosServer.ts';
import { startServiceBusBroker } from '../../infra/local/serviceBus/startServiceBusBroker.ts';
import { provisionCosmos } from '../../infra/local/stack/provision.ts';
import { median } from '../../infra/node/percentiles.ts';
import { QUEUES } from '../../shared/resources.ts';
import { createIncidents } from './createIncidents.ts';
import { atLeast, type Row, type Section } from './report.ts';

const KINDS = ['core', 'by hand', 'functions'] as const;
type Kind = (typeof KINDS)[number];
const SIZES = [1, 10, 100, 1000] as const;
const CONNECTIONS = 8;
const TURN_IN_MILLISECONDS = 1200;
const ROUNDS = 9;

/** Webhooks over HTTP: requests and events per second of the server's processor time, without the senders'. */
export async function measureIngest(): Promise<Section> {
  const secret = randomBytes(32);
  const cosmosKey = randomBytes(64).toString('base64');
  const cosmos = await startCosmosServer({ file: ':memory:', key: cosmosKey });
  const broker = await startServiceBusBroker({ queues: QUEUES });
  await provisionCosmos(cosmos.address, cosmosKey);
  const environment = {
    ...process.env,
    BENCH_SECRET: secret.toString('base64'),
    MESSAGE_KEYS: randomBytes(32).toString('base64'),
    SEP_MOBILE_WEBHOOK_SECRETS: `whsec_${secret.toString('base64')}`,
    CosmosDbConnection: `AccountEndpoint=${cosmos.address};AccountKey=${cosmosKey};`,
    ServiceBusConnection: broker.address,
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    TOKEN_ISSUER: 'http://127.0.0.1:1',
    TOKEN_AUDIENCE: 'api://bench',
  };
  const servers = new Map<Kind, Server>();
  try {
    for (const kind of KINDS) servers.set(kind, await startServer(kind, environment));
    const rates = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round += 1) {
      // Each round starts with another one.
      const turns = [...servers];
      for (const [kind, server] of [...turns.slice(round % 3), ...turns.slice(0, round % 3)]) {
        for (const size of kind === 'functions' ? SIZES : ([1, 100] as const)) {
          const rate = await measureTurn(server, size, secret);
          const name = `${kind} ${String(size)}`;
          if (round > 0) rates.set(name, [...(rates.get(name) ?? []), rate]);
        }
      }
    }
    return toSection((kind, size) => median(rates.get(`${kind} ${String(size)}`) ?? []));
  } finally {
    for (const { child, agent } of servers.values()) {
      agent.destroy();
      child.kill('SIGKILL');
    }
    await Promise.all([cosmos.stop(), broker.stop()]);
  }
}

function toSection(rateOf: (kind: Kind, size: number) => number): Section {
  const rows: Row[] = [];
  for (const size of [1, 100]) {
    const [core, byHand] = [rateOf('core', size), rateOf('by hand', size)];
    const what = size === 1 ? 'one event' : `${String(size)} events`;
    rows.push(
      {
        what: `the core on bare node:http, ${what} a request`,
        figure: core,
        unit: 'requests/s',
        ratio: { of: 'by hand', value: core / byHand },
        claim: atLeast(core / byHand, 0.8),
      },
      { what: `the same steps by hand, ${what} a request`, figure: byHand, unit: 'requests/s' },
    );
  }
  const single = rateOf('functions', 1);
  for (const size of SIZES) {
    const rate = rateOf('functions', size) * size;
    const name = size === 1 ? '1 event' : `${size.toLocaleString('en-US')} events`;
    rows.push({
      what: `the function with host and queue, ${name} a request`,
      figure: rate,
      unit: 'events/s',
      ratio: { of: 'one by one', value: rate / single },
      ...(size === 100 ? { claim: atLeast(rate / single, 25) } : {}),
    });
  }
  return {
    title: 'Ingest over HTTP, a second of the server’s processor',
    rows,
    curves: [
      {
        name: 'ingest',
        x: 'events a request',
        y: 'events/s of one processor',
        points: SIZES.map((size) => [size, rateOf('functions', size) * size]),
      },
    ],
  };
}

interface Server {
  readonly child: ChildProcess;
  readonly address: string;
  readonly agent: Agent;
}

async function startServer(kind: Kind, environment: NodeJS.ProcessEnv): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), [kind], {
    env: environment,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ address }] = (await once(child, 'message')) as [{ readonly address: string }];
  return { child, address, agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }) };
}

/** Requests per second of the server's processor time. */
async function measureTurn(server: Server, size: number, secret: Buffer): Promise<number> {
  const body = JSON.stringify(createIncidents(size));
  const at = new Date();
  const headers = {
    'content-type': 'application/cloudevents-batch+json',
    'content-length': Buffer.byteLength(body),
    'webhook-id': 'msg_bench',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret.toString('base64')).sign('msg_bench', at, body),
  };
  const began = await askForProcessor(server.child);
  const end = performance.now() + TURN_IN_MILLISECONDS;
  let requests = 0;
  const send = async (): Promise<void> => {
    while (performance.now() < end) {
      await post(server, headers, body);
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  return (requests * 1000) / ((await askForProcessor(server.child)) - began);
}

/** The processor time of the server, in milliseconds. */
async function askForProcessor(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpu }] = (await once(child, 'message')) as [{ readonly cpu: NodeJS.CpuUsage }];
  return (cpu.user + cpu.system) / 1000;
}

function post(
  { address, agent }: Server,
  headers: Readonly<Record<string, string | number>>,
  body: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    request(address, { method: 'POST', headers, agent }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`answered ${String(response.statusCode)}`));
      });
    })
      .once('error', reject)
      .end(body);
  });
}
