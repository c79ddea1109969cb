import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { fuzz, type FuzzOutcome } from '../../long/fuzz/fuzz.ts';
import { toGrowth } from '../../long/fuzz/toGrowth.ts';

const REQUESTS = 20;
const KEYS = {
  tokens: ['token'],
  receiver: 'token',
  entra: 'token',
  cloudflare: 'token',
  evaluation: 'token',
  callerKeys: { proxy: 'proxy', radius: 'radius', nac: 'nac' },
  webhookSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  webhookReceiver: 'http://127.0.0.1:9/hook',
};
/** What is found where something else answers in place of the API. */
async function fuzzInstead(listener: RequestListener, worker = [1]): Promise<FuzzOutcome> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => listener(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pids = worker.map((each) => process.pid + each - 1);
  const target = {
    api: `http://127.0.0.1:${String(port)}`,
    workerPid: () => (pids.length > 1 ? pids.shift() : pids[0]) ?? 0,
    readKeys: () => Promise.resolve(KEYS),
  };
  try {
    return await fuzz(target, 1, REQUESTS, { timeoutInMilliseconds: 500 });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the fuzz finds', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, RequestListener, string]>([
    ['a fault', (_, response) => response.writeHead(500).end('{}'), '500: '],
    [
      'a service that is not there',
      (_, response) => response.writeHead(503, json).end('{}'),
      '503: ',
    ],
    [
      'a stack trace',
      (_, response) => response.writeHead(400, json).end(JSON.stringify(new Error().stack)),
      'shows the inside: ',
    ],
    [
      'who of ours was not reached',
      (_, response) => response.writeHead(400).end('connect ECONNREFUSED 10.0.0.4:5671'),
      'shows the inside: ',
    ],
    [
      'an error of the language',
      (_, response) => response.writeHead(400).end('TypeError: x is not a function'),
      'shows the inside: ',
    ],
    ['half an answer', (_, response) => response.writeHead(200, json).end('{"a":'), 'is no JSON: '],
    ['who hangs up', (request) => request.socket.destroy(), 'no answer after '],
    [
      'who hangs up half-way',
      (_, response) => {
        response.writeHead(200, { ...json, 'content-length': '100' }).write('{');
        setTimeout(() => response.destroy(), 5);
      },
      'no answer after ',
    ],
    ['who never answers', () => undefined, 'no answer after '],
  ])('%s, each time', async (_, listener, begin) => {
    const { findings } = await fuzzInstead(listener);
    // A `HEAD` is answered without a body: nothing of the inside is in it.
    const silent = /inside|JSON/.test(begin) ? /^HEAD$/ : /^$/;
    expect(findings.every(({ problem }) => problem.startsWith(begin))).toBe(true);
    expect(findings.filter(({ request }) => silent.test(request.method))).toEqual([]);
    expect(findings.length).toBeGreaterThan(REQUESTS / 2);
  });

  it('that another worker answers than in the beginning', async () => {
    const { findings } = await fuzzInstead((_, response) => response.end(), [1, 2]);
    expect(findings.map(({ problem }) => problem)).toEqual(['the worker died']);
  });

  it.each(['', 'the address cannot be reached: ECONNREFUSED'])(
    'nothing where all is well: `%s`',
    async (text) => {
      const { findings, statuses } = await fuzzInstead((_, response) => response.end(text));
      expect([findings, statuses]).toEqual([[], { 200: REQUESTS }]);
    },
  );
});

describe('the memory', () => {
  const after = (fifth: number, last: number): number[] => [
    100,
    100,
    100,
    100,
    fifth,
    0,
    0,
    0,
    0,
    last,
  ];

  it('may grow until half of the way, and a little after', () => {
    expect(toGrowth(after(200, 230), 100_000)).toBeUndefined();
  });

  it('may not grow after that, where the way is long', () => {
    expect(toGrowth(after(200, 231), 100_000)).toMatch(/^the memory grows: 231 MiB/);
    expect(toGrowth(after(200, 231), 99_999)).toBeUndefined();
  });
});
