import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { createDice } from '../../support/createDice.ts';
import { exchange, type FuzzedRequest } from './exchange.ts';
import { fuzzRequest, type Keys } from './fuzzRequest.ts';
import { Made } from './made.ts';
import { deletingRequest, makingRequests } from './makingRequests.ts';
import { toDice } from './mutate.ts';
import {
  enrollingWatched,
  isAboutWatched,
  isComparable,
  openingIncidents,
  toWatchProblem,
  watchingRequest,
} from './watchedPhone.ts';

const CONCURRENCY = 32;
const TIMEOUT_IN_MILLISECONDS = 30_000;
const RENEW_AFTER = 20_000;
/** After so many requests deleted resources are created again. */
const MAKE_AFTER = 1000;

/** The system under test, and its credentials. */
export interface Target {
  readonly api: string;
  /** The process id of the worker. */
  workerPid(): number;
  readKeys(): Promise<Keys>;
}

/** An answer that no request may have. */
export interface Finding {
  readonly request: FuzzedRequest;
  readonly problem: string;
}

export interface FuzzOutcome {
  readonly findings: readonly Finding[];
  /** How often each status occurred. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The operations that succeeded at least once. */
  readonly succeeded: ReadonlySet<string>;
  /** How often a report about the watched phone could have made it better off than the other one. */
  readonly compared: number;
  /** The worker's memory after each tenth of the requests, in MiB. */
  readonly memory: readonly number[];
}

export interface FuzzOptions {
  readonly onProgress?: (done: number) => void;
  readonly timeoutInMilliseconds?: number;
  /** Whether each example is sent once before everything else, so that each operation succeeds in a short run too. */
  readonly examplesFirst?: boolean;
}

/** Sends `count` requests, each similar to a right one, and inspects the answers. */
export async function fuzz(
  target: Target,
  seed: number,
  count: number,
  {
    onProgress,
    timeoutInMilliseconds = TIMEOUT_IN_MILLISECONDS,
    examplesFirst = false,
  }: FuzzOptions = {},
): Promise<FuzzOutcome> {
  const dice = toDice(createDice(seed));
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const made = new Made();
  const findings: Finding[] = [];
  const statuses: Record<string, number> = {};
  const succeeded = new Set<string>();
  const worker = target.workerPid();
  let keys = await target.readKeys();
  let sent = 0;
  let compared = 0;
  let renewedAt = 0;
  let madeAt = -MAKE_AFTER;
  const memory: number[] = [];
  const watch = async (after: FuzzedRequest): Promise<void> => {
    const asking = watchingRequest(keys);
    const seen = await exchange(agent, target.api, asking, timeoutInMilliseconds);
    if (isComparable(seen)) compared += 1;
    const problem = seen.problem ?? toWatchProblem(seen);
    if (problem === undefined) made.learn(asking, seen);
    else findings.push({ request: after, problem });
  };
  const send = async (request: FuzzedRequest): Promise<void> => {
    sent += 1;
    if (sent >= ((memory.length + 1) * count) / 10) memory.push(memoryOf(worker));
    if (sent % 1000 === 0) onProgress?.(sent);
    const seen = await exchange(agent, target.api, request, timeoutInMilliseconds);
    const { status, problem } = seen;
    const { operationId } = request;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (problem !== undefined) findings.push({ request, problem });
    else made.learn(request, seen);
    if (operationId !== undefined && status >= 200 && status <= 299) succeeded.add(operationId);
    if (isAboutWatched(request)) await watch(request);
  };
  const make = async (): Promise<void> => {
    madeAt = sent;
    for (const enrolling of enrollingWatched(keys)) if (sent < count) await send(enrolling);
    for (const making of makingRequests(keys, made)) if (sent < count) await send(making);
  };
  const renew = async (): Promise<void> => {
    renewedAt = sent;
    keys = await target.readKeys();
  };
  const isDone = (): boolean => sent >= count;
  const next = async (): Promise<void> => {
    while (!isDone()) {
      if (sent >= renewedAt + RENEW_AFTER) await renew();
      if (sent >= madeAt + MAKE_AFTER) await make();
      else await send(fuzzRequest(dice, keys, made));
      for (const path of made.takeSurplus())
        if (sent < count) await send(deletingRequest(path, keys));
    }
  };
  for (const opening of openingIncidents(keys)) if (sent < count) await send(opening);
  if (examplesFirst) await make();
  await Promise.all(Array.from({ length: CONCURRENCY }, next));
  agent.destroy();
  if (target.workerPid() !== worker)
    findings.push({
      request: { method: '', path: '', headers: {}, body: undefined },
      problem: 'the worker died',
    });
  return { findings, statuses, succeeded, memory, compared };
}

function memoryOf(pid: number): number {
  const [, kibibytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}
