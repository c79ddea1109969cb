import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  startServiceBusBroker,
  type ServiceBusBroker,
} from '../../../../../infra/local/serviceBus/startServiceBusBroker.ts';
import { PROJECT_ROOT } from '../../../../../infra/node/projectRoot.ts';
import { startChildPart, type ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import type { QueueShape } from '../../../../../shared/resources.ts';
import { listenOnLoopback } from '../../../../../infra/local/listenOnLoopback.ts';
import { eventually } from '../../../../support/eventually.ts';
import { stopServer } from '../../../../support/stopServer.ts';

/** One run of a function of the sample app, which waits for the test's answer. */
interface Run {
  readonly seen: Record<string, unknown>;
  readonly succeed: () => void;
  readonly fail: () => void;
}

/** The reported runs of the sample app. Each waits until a test takes and ends it. */
class Reports {
  readonly #arrived = new Map<string, Run[]>();
  readonly #wanted = new Map<string, ((run: Run) => void)[]>();
  readonly #passing = new Set<string>();
  #isOpen = false;

  arrive(name: string, run: Run): void {
    if (this.#isOpen || this.#passing.has(name)) {
      run.succeed();
      return;
    }
    const want = this.#wanted.get(name)?.shift();
    if (want === undefined) this.#arrived.set(name, [...(this.#arrived.get(name) ?? []), run]);
    else want(run);
  }

  /** The next run of that name; the test's timeout is the limit. */
  next(name: string): Promise<Run> {
    const run = this.#arrived.get(name)?.shift();
    if (run !== undefined) return Promise.resolve(run);
    return new Promise((resolve) => {
      this.#wanted.set(name, [...(this.#wanted.get(name) ?? []), resolve]);
    });
  }

  /** Lets present and future runs of these names succeed. */
  pass(...names: readonly string[]): void {
    for (const name of names) {
      this.#passing.add(name);
      for (const { succeed } of this.#arrived.get(name)?.splice(0) ?? []) succeed();
    }
  }

  /** Lets all runs succeed that no test has taken. */
  open(): void {
    this.#isOpen = true;
    for (const { succeed } of [...this.#arrived.values()].flat()) succeed();
  }

  /** Runs of that name that no test has taken. */
  waiting(name: string): number {
    return this.#arrived.get(name)?.length ?? 0;
  }
}

const QUEUE: Omit<QueueShape, 'name'> = {
  lockDuration: 'PT30S',
  maxDeliveryCount: 5,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};

const folder = mkdtempSync(join(tmpdir(), 'mtd-host-'));
const hosts: ChildPart[] = [];
let reports = new Reports();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const end = (status: number) => (): ServerResponse => response.writeHead(status).end();
    reports.arrive((request.url ?? '').slice(1), {
      seen: JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>,
      succeed: end(204),
      fail: end(500),
    });
  });
});
let reportTo: string;
let broker: ServiceBusBroker;
let sender: ServiceBusClient;
let storage: ChildPart;

beforeAll(async () => {
  reportTo = await listenOnLoopback(server);
  broker = await startServiceBusBroker({
    queues: [
      ...['many', 'single'].map((name) => ({ ...QUEUE, name })),
      { ...QUEUE, name: 'brief', lockDuration: 'PT1S' },
    ],
  });
  sender = new ServiceBusClient(broker.address);
  storage = await startChildPart({
    name: 'azurite',
    entry: join(PROJECT_ROOT, 'infra/local/azurite/main.ts'),
    environment: { AZURITE_LOCATION: join(folder, 'azurite') },
    logFile: join(folder, 'azurite.log'),
  });
});
afterAll(async () => {
  await sender.close();
  await Promise.all([broker.stop(), storage.stop(10_000)]);
  await stopServer(server);
  rmSync(folder, { recursive: true });
});

async function startHost(settings: Record<string, string> = {}): Promise<ChildPart> {
  const starting = startChildPart({
    name: 'functionsHost',
    entry: join(PROJECT_ROOT, 'infra/local/functionsHost/main.ts'),
    environment: {
      FUNCTIONS_SCRIPT_ROOT: join(PROJECT_ROOT, 'tests/support/sampleApp'),
      FUNCTIONS_ENTRY_POINTS: 'functions/*.ts',
      FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
      AzureWebJobsStorage: storage.address,
      ServiceBusConnection: broker.address,
      MANY_QUEUE: 'many',
      LOCAL_FUNCTION_KEY: 'the key',
      REPORT_TO: reportTo,
      ...settings,
    },
    logFile: join(folder, 'host.log'),
  });
  void reports.next('appStart').then(({ succeed }) => succeed());
  const host = await starting;
  hosts.push(host);
  return host;
}

async function stopHosts(): Promise<void> {
  reports.open();
  await Promise.all(hosts.splice(0).map((host) => host.stop(10_000)));
  reports = new Reports();
}

/** Sends a path unchanged, which `fetch` would normalise. */
async function getRaw(host: ChildPart, path: string): Promise<number | undefined> {
  const asking = httpRequest(host.address, { path });
  const answered = once(asking, 'response');
  asking.end();
  const [response] = (await answered) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe('HTTP in the local Functions host', () => {
  let host: ChildPart;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(stopHosts);

  it('passes method, URL, parameters, headers and bytes to the function, and its answer back', async () => {
    const { address } = host;
    const response = await fetch(`${address}/front/Things/a%2Fb%20c/second?q=1&q=2`, {
      method: 'POST',
      headers: { 'x-asked': 'this' },
      body: new Uint8Array([0, 255, 10]),
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-seen')).toBe('yes');
    expect(response.headers.getSetCookie()).toEqual(['kept=a%20b; path=/front']);
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${address}/front/Things/a%2Fb%20c/second?q=1&q=2`,
      params: { id: 'a/b c', part: 'second' },
      query: { q: '2' },
      header: 'this',
      body: '00ff0a',
    });
  });

  it('finds the route: fixed segments first, optional ones omitted, and the rest of the path unchanged', async () => {
    const { address } = host;
    const fixed = await fetch(`${address}/front/things/fixed`);
    expect([...new Uint8Array(await fixed.arrayBuffer())]).toEqual([0, 255, 10, 128]);
    const open = (await (await fetch(`${address}/front/things/7`)).json()) as { params: object };
    expect(open.params).toEqual({ id: '7' });
    expect(await (await fetch(`${address}/front/files/a/b/c.txt`)).json()).toEqual({
      path: 'a/b/c.txt',
    });
    for (const empty of ['files', 'files/']) {
      expect(await (await fetch(`${address}/front/${empty}`)).json()).toEqual({});
    }
  });

  it.each([
    ['no such path', 'GET', '/front/nothing/more', 404],
    ['another prefix', 'GET', '/api/things/7', 404],
    ['another method', 'DELETE', '/front/things/7', 404],
    ['a HEAD', 'HEAD', '/front/things/7', 201],
    ['a function that throws', 'GET', '/front/failing', 500],
  ])('answers %s', async (_, method, path, status) => {
    const { address } = host;
    if (path.endsWith('failing')) {
      void reports.next('after').then(({ seen, succeed }) => {
        expect(seen).toEqual({ error: 'Error: not to be shown' });
        succeed();
      });
    }
    const response = await fetch(address + path, { method });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
  });

  it('rejects a path that is not percent-encoded UTF-8', async () => {
    expect(await getRaw(host, '/front/things/%E0%A4%A')).toBe(400);
  });

  it('requires a key if the function does', async () => {
    const { address } = host;
    const ask = async (path: string, headers = {}): Promise<number> =>
      (await fetch(`${address}/front/keyed${path}`, { headers })).status;
    expect([
      await ask(''),
      await ask('', { 'x-functions-key': 'another' }),
      await ask('', { 'x-functions-key': 'the key' }),
      await ask('?code=the%20key'),
    ]).toEqual([401, 401, 200, 200]);
  });

  it('runs the hooks around an invocation with their data', async () => {
    const { address } = host;
    const answer = fetch(`${address}/front/nothing`);
    (await reports.next('before')).succeed();
    const after = await reports.next('after');
    expect(after.seen).toEqual({ marked: 'before' });
    after.succeed();
    expect((await answer).status).toBe(204);
  });
});

describe('Service Bus queues in the local Functions host', () => {
  afterEach(stopHosts);

  const sendNumbers = async (count: number): Promise<void> => {
    const queue = sender.createSender('many');
    const numbers = Array.from({ length: count }, (_, n) => n);
    await queue.sendMessages(numbers.map((n) => ({ body: { n }, messageId: String(n) })));
    await queue.close();
  };
  const numbersOf = ({ seen }: Run): number[] =>
    (seen['messages'] as { n: number }[]).map(({ n }) => n);

  it('passes messages in batches up to the limit, each once', async () => {
    await startHost();
    // The next batch fills while one is processed. The test cannot see when, so it sends until one is full.
    for (let largest = 0; largest < 3;) {
      await sendNumbers(6);
      const seen: number[] = [];
      while (seen.length < 6) {
        const run = await reports.next('many');
        const numbers = numbersOf(run);
        expect(run.seen['triggerMetadata']).toMatchObject({
          messageIdArray: numbers.map(String),
          deliveryCountArray: numbers.map(() => 1),
        });
        largest = Math.max(largest, numbers.length);
        expect(largest).toBeLessThanOrEqual(3);
        seen.push(...numbers);
        run.succeed();
      }
      expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it('delivers a batch again after an error, and counts', async () => {
    await startHost();
    await sendNumbers(1);
    (await reports.next('many')).fail();
    const again = await reports.next('many');
    expect(again.seen).toMatchObject({
      messages: [{ n: 0 }],
      triggerMetadata: { deliveryCountArray: [2] },
    });
    again.succeed();
  });

  it('does not renew the locks of a batch, so its messages use up their deliveries while it runs', async () => {
    await startHost({ MANY_QUEUE: 'brief' });
    const queue = sender.createSender('brief');
    await queue.sendMessages({ body: { n: 7 } });
    const run = await reports.next('many');
    const letters = sender.createReceiver('brief', { subQueueType: 'deadLetter' });
    const [letter] = await eventually(
      () => letters.peekMessages(1),
      ({ length }) => length > 0,
    );
    expect(letter?.deadLetterReason).toBe('MaxDeliveryCountExceeded');
    run.succeed();
    await Promise.all([queue.close(), letters.close()]);
  });

  it('passes a single message with its metadata', async () => {
    await startHost();
    const queue = sender.createSender('single');
    await queue.sendMessages({
      body: 'words',
      messageId: 'one',
      correlationId: 'with',
      subject: 'what',
      applicationProperties: { kind: 'sample' },
    });
    const run = await reports.next('single');
    expect(run.seen).toMatchObject({
      message: 'words',
      triggerMetadata: {
        messageId: 'one',
        correlationId: 'with',
        subject: 'what',
        deliveryCount: 1,
        applicationProperties: { kind: 'sample' },
      },
    });
    run.succeed();
    await queue.close();
  });
});

describe('timers in the local Functions host', () => {
  afterEach(stopHosts);

  it('run by their schedule, one at a time, and on one host', async () => {
    const first = await startHost();
    await startHost();
    const run = await reports.next('everySecond');
    expect(run.seen).toMatchObject({
      schedule: { adjustForDST: true },
      isPastDue: false,
      scheduleStatus: { last: new Date(0).toISOString() },
    });
    const unknown = await fetch(`${first.address}/admin/functions/nobody`, { method: 'POST' });
    expect(unknown.status).toBe(404);
    // A neighbour with the same schedule runs three times, so each host has reached the time of this timer again.
    for (let seconds = 0; seconds < 3; seconds += 1)
      (await reports.next('alsoEverySecond')).succeed();
    expect(reports.waiting('everySecond')).toBe(0);
    run.succeed();
    const again = await reports.next('everySecond');
    expect((again.seen['scheduleStatus'] as { last: string }).last).not.toBe(
      new Date(0).toISOString(),
    );
    again.succeed();
  });

  it('run on request, and again until the retry policy is exhausted', async () => {
    const { address } = await startHost();
    const run = (): Promise<Response> =>
      fetch(`${address}/admin/functions/yearly`, { method: 'POST' });
    expect((await run()).status).toBe(202);
    for (let attempt = 0; attempt < 3; attempt += 1) (await reports.next('yearly')).fail();
    // The first run has ended, so this is another.
    expect((await run()).status).toBe(202);
    (await reports.next('yearly')).succeed();
  });
});

describe('the end of the local Functions host', () => {
  afterEach(stopHosts);

  it('does not wait for an incomplete request', async () => {
    const host = await startHost();
    const half = connect(Number(new URL(host.address).port), '127.0.0.1');
    half.write('POST /front/held HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n');
    half.write('expect: 100-continue\r\n\r\nhalf');
    // The host has read the headers and asks for the body.
    expect(String(await once(half, 'data'))).toContain('100 Continue');
    const closed = once(half, 'close');
    const stopping = host.stop(60_000);
    await closed;
    (await reports.next('appTerminate')).succeed();
    await stopping;
    expect(host.process.exitCode).toBe(0);
  });

  it('finishes current work, releases waiting messages, runs the last hook, and ignores an idle client', async () => {
    // They may run at any time.
    reports.pass('everySecond', 'alsoEverySecond');
    const host = await startHost();
    const silent = connect(Number(new URL(host.address).port), '127.0.0.1');
    await once(silent, 'connect');
    const answer = fetch(`${host.address}/front/held`);
    const request = await reports.next('held');
    await sender.createSender('single').sendMessages({ body: 'in work', messageId: 'in work' });
    const message = await reports.next('single');
    const stopping = host.stop(60_000);
    request.succeed();
    expect(await (await answer).text()).toBe('finished');
    message.succeed();
    (await reports.next('appTerminate')).succeed();
    await stopping;
    expect(host.process.exitCode).toBe(0);
    silent.destroy();
    const left = await sender.createReceiver('single').peekMessages(10);
    expect(left).toEqual([]);
  });

  it.each([
    [{ FUNCTIONS_ENTRY_POINTS: 'nowhere/*.ts' }, 'no file matches `nowhere/*.ts`'],
    [{ ServiceBusConnection: '' }, 'setting `ServiceBusConnection` is not set'],
    [{ AzureWebJobsStorage: '' }, 'needs the setting `AzureWebJobsStorage`'],
  ])('does not start with %j, and logs why', async (settings, reason) => {
    await expect(startHost(settings)).rejects.toThrow('functionsHost ended with 1');
    expect(readFileSync(join(folder, 'host.log'), 'utf8')).toContain(reason);
  });
});
