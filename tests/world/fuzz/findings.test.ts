import { createServer, type RequestListener } from 'node:http';

import { describe, expect, it } from 'vitest';
import { fuzz, type FuzzOutcome } from '../../long/fuzz/fuzz.ts';
import { toGrowth } from '../../long/fuzz/toGrowth.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { stopServer } from '../../support/stopServer.ts';

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
/** Fuzzes a listener in place of the API. */
async function fuzzListener(listener: RequestListener, worker = [1]): Promise<FuzzOutcome> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => listener(request, response));
  });
  const port = await listeningPort(server);
  const pids = worker.map((each) => process.pid + each - 1);
  const target = {
    api: `http://127.0.0.1:${String(port)}`,
    workerPid: () => (pids.length > 1 ? pids.shift() : pids[0]) ?? 0,
    readKeys: () => Promise.resolve(KEYS),
  };
  try {
    return await fuzz(target, 1, REQUESTS, { timeoutInMilliseconds: 500 });
  } finally {
    await stopServer(server);
  }
}

describe('the fuzz finds', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, RequestListener, string]>([
    ['a server error', (_, response) => response.writeHead(500).end('{}'), '500: '],
    ['an unavailable service', (_, response) => response.writeHead(503, json).end('{}'), '503: '],
    [
      'a stack trace',
      (_, response) => response.writeHead(400, json).end(JSON.stringify(new Error().stack)),
      'shows internals: ',
    ],
    [
      'an internal address',
      (_, response) => response.writeHead(400).end('connect ECONNREFUSED 10.0.0.4:5671'),
      'shows internals: ',
    ],
    [
      'an error of the runtime',
      (_, response) => response.writeHead(400).end('TypeError: x is not a function'),
      'shows internals: ',
    ],
    ['truncated JSON', (_, response) => response.writeHead(200, json).end('{"a":'), 'is no JSON: '],
    ['a dropped connection', (request) => request.socket.destroy(), 'no answer after '],
    [
      'a connection dropped in mid-answer',
      (_, response) => {
        response.writeHead(200, { ...json, 'content-length': '100' }).write('{');
        setTimeout(() => response.destroy(), 5);
      },
      'no answer after ',
    ],
    ['a missing answer', () => undefined, 'no answer after '],
  ])('%s, each time', async (_, listener, begin) => {
    const { findings } = await fuzzListener(listener);
    // An answer to `HEAD` has no body, so it reveals nothing.
    const silent = /internals|JSON/.test(begin) ? /^HEAD$/ : /^$/;
    expect(findings.every(({ problem }) => problem.startsWith(begin))).toBe(true);
    expect(findings.filter(({ request }) => silent.test(request.method))).toEqual([]);
    expect(findings.length).toBeGreaterThan(REQUESTS / 2);
  });

  it('a replaced worker', async () => {
    const { findings } = await fuzzListener((_, response) => response.end(), [1, 2]);
    expect(findings.map(({ problem }) => problem)).toEqual(['the worker died']);
  });

  it.each(['', 'the address cannot be reached: ECONNREFUSED'])(
    'nothing in a correct answer: `%s`',
    async (text) => {
      const { findings, statuses } = await fuzzListener((_, response) => response.end(text));
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

  it('may grow in the first half of a run and a little in the second', () => {
    expect(toGrowth(after(200, 230), 100_000)).toBeUndefined();
  });

  it('may not grow more than that in a long run', () => {
    expect(toGrowth(after(200, 231), 100_000)).toMatch(/^the memory grows: 231 MiB/);
    expect(toGrowth(after(200, 231), 99_999)).toBeUndefined();
  });
});
