import { readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../infra/local/stack/startStack.ts';
import { createDice } from '../support/dice.ts';
import { fuzzRequest, makingRequests, type FuzzedRequest, type Keys } from './fuzzRequest.ts';
import { toDice } from './mutate.ts';

const CONCURRENCY = 32;
const TIMEOUT_IN_MILLISECONDS = 30_000;
const RENEW_AFTER = 20_000;
/** What was deleted is made again after so many. */
const MAKE_AFTER = 500;

/** An answer that no request may have. */
export interface Finding {
  readonly request: FuzzedRequest;
  readonly problem: string;
}

export interface FuzzOutcome {
  readonly findings: readonly Finding[];
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the process that answers, after each tenth of the way, in MiB. */
  readonly memory: readonly number[];
}

/** What an answer shows of the inside. */
const INSIDE = /\n\s+at |node:internal|\/node_modules\/|TypeError|RangeError|ECONNREFUSED/;

/** Sends so many requests, each near one that is right, and looks at what is answered. */
export async function fuzz(
  stack: Stack,
  seed: number,
  count: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<FuzzOutcome> {
  const dice = toDice(createDice(seed));
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const findings: Finding[] = [];
  const statuses: Record<string, number> = {};
  const worker = stack.workerPid();
  let keys = await readKeys(stack);
  let sent = 0;
  const memory: number[] = [];
  const next = async (): Promise<void> => {
    while (sent < count) {
      sent += 1;
      if (sent % RENEW_AFTER === 0) keys = await readKeys(stack);
      if (sent >= ((memory.length + 1) * count) / 10) memory.push(memoryOf(worker));
      if (sent % 1000 === 0) onProgress(sent);
      if (sent % MAKE_AFTER === 1)
        for (const making of makingRequests(keys)) await send(agent, stack.description.api, making);
      const request = fuzzRequest(dice, keys);
      const { status, problem } = await send(agent, stack.description.api, request);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (problem !== undefined) findings.push({ request, problem });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, next));
  agent.destroy();
  if (stack.workerPid() !== worker)
    findings.push({
      request: { method: '', path: '', headers: {}, body: undefined },
      problem: 'the worker died',
    });
  return { findings, statuses, memory };
}

/** The tokens of every kind of client: new ones, since the old ones end. */
async function readKeys({ description }: Stack): Promise<Keys> {
  const client = new OuterClient(description);
  const names = ['admin', 'caller', 'receiver', 'sepMobile'] as const;
  return {
    tokens: await Promise.all(names.map((name) => client.token(name))),
    receiver: await client.token('receiver'),
    callerKeys: Object.values(description.callerKeys),
    webhookSecret: description.webhookSecret,
  };
}

interface Seen {
  readonly status: number;
  readonly problem?: string;
}

function send(
  agent: Agent,
  api: string,
  { method, path, headers, body }: FuzzedRequest,
): Promise<Seen> {
  const below = path.startsWith('.well-known/') ? '' : '/api';
  const { hostname, port } = new URL(api);
  return new Promise((resolve) => {
    const began = performance.now();
    const request = httpRequest(
      {
        agent,
        hostname,
        port,
        method,
        path: `${below}/${path}`,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': body.length }) },
        signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          const text = Buffer.concat(chunks).toString();
          const problem = problemOf(status, answered['content-type'] ?? '', text);
          resolve({ status, ...(problem === undefined ? {} : { problem }) });
        });
        response.on('error', (error) => resolve({ status: 0, problem: String(error) }));
      },
    );
    request.on('error', (error) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      resolve({ status: 0, problem: `no answer after ${seconds} s: ${String(error)}` });
    });
    request.end(body);
  });
}

function problemOf(status: number, contentType: string, text: string): string | undefined {
  if (status >= 500) return `${String(status)}: ${text.slice(0, 300)}`;
  if (INSIDE.test(text)) return `shows the inside: ${text.slice(0, 300)}`;
  if (/\bjson\b/.test(contentType) && text !== '') {
    try {
      JSON.parse(text);
    } catch {
      return `is no JSON: ${text.slice(0, 300)}`;
    }
  }
  return undefined;
}

function memoryOf(pid: number): number {
  const [, kibibytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

/** A request that somebody can send again. */
export function toText({ method, path, headers, body }: FuzzedRequest): string {
  const { authorization: _, ...shown } = headers;
  return `${method} ${path}\n${JSON.stringify(shown)}\n${body?.toString('latin1').slice(0, 2000) ?? ''}`;
}
