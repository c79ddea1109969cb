import { setTimeout as pause } from 'node:timers/promises';
import { QUEUES } from '../../shared/resources.ts';
import {
  createProgress,
  toList,
  toResult,
  UsageError,
  type Command,
  type Commands,
  type Result,
} from '../cli/command.ts';
import { listDeadLetters } from './deadLetters.ts';
import type { OpsTarget } from './opsTarget.ts';
import { list } from './quarantineCommands.ts';

const POLL_INTERVAL_IN_MILLISECONDS = 500;

interface Pass {
  readonly state: string;
  readonly visitedDeviceCount: number;
  readonly failedDeviceCount: number;
  readonly managedDeviceCount: number;
}

interface Stream {
  readonly stream_id: string;
  readonly aud: string;
  readonly description?: string;
}

/** How it stands, and an operator's word. */
export const SYSTEM_COMMANDS: Commands = {
  status: readStatus,
  'streams list': async (target) => {
    const streams = (await target.request('GET', 'ssf/streams')) as readonly Stream[];
    const value = await Promise.all(
      streams.map(async (stream) => {
        const path = `ssf/status?stream_id=${stream.stream_id}`;
        const { status } = (await target.request('GET', path)) as { readonly status: string };
        return { ...stream, status };
      }),
    );
    return toList(
      value,
      ({ stream_id: id, status, aud, description = '' }) =>
        `${id}  ${status.padEnd(8)}  ${aud}  ${description}`,
    );
  },
  'streams pause': (target, id) => setStatus(target, id, 'paused'),
  'streams resume': (target, id) => setStatus(target, id, 'enabled'),
  'silence-breaker show': async (target) =>
    toResult(await target.request('GET', 'deviceManagement/silenceBreaker')),
  'silence-breaker confirm': async (target) =>
    toResult(await target.request('POST', 'deviceManagement/silenceBreaker/confirm')),
  'enrolment show': async (target) =>
    toResult(await target.request('GET', 'deviceManagement/enrolmentSync')),
  'enrolment confirm': async (target) =>
    toResult(await target.request('POST', 'deviceManagement/enrolmentSync/confirm')),
  'entra write': (target, argument, { device }) => {
    if (argument !== '') throw new UsageError('say --device ID, or nothing for all devices');
    return writeEntra(target, device);
  },
  reevaluate: async (target, argument, { device, wait }) => {
    if (argument !== '') throw new UsageError('say --device ID, or nothing for all devices');
    const path = 'deviceManagement/reevaluation';
    if (device !== undefined)
      return toResult(await target.request('POST', path, { deviceId: device }));
    const begun = (await target.request('POST', path, {})) as Pass;
    return wait ? waitForPass(target, path, begun) : toPassResult(begun);
  },
};

async function setStatus(target: OpsTarget, id: string, status: string): ReturnType<Command> {
  if (id === '') throw new UsageError('a stream has to be named');
  return toResult(await target.request('POST', 'ssf/status', { stream_id: id, status }));
}

/** It is over where the last device was visited. */
async function waitForPass(target: OpsTarget, path: string, begun: Pass): Promise<Result> {
  const progress = createProgress();
  let pass = begun;
  while (pass.state === 'running') {
    progress.show(pass.visitedDeviceCount, pass.managedDeviceCount);
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
    pass = (await target.request('GET', path)) as Pass;
  }
  progress.end();
  return toPassResult(pass);
}

function toPassResult(pass: Pass): Result {
  return { ...toResult(pass), isPartial: pass.failedDeviceCount > 0 };
}

interface Written {
  readonly written: number;
  readonly failed: readonly { readonly deviceId: string; readonly reason: string }[];
  readonly retryAfterInSeconds?: number;
  readonly after?: string;
}

/** A hundred after the other; those that Graph has no time for are written again when it has. */
async function writeEntra(target: OpsTarget, device: string | undefined): Promise<Result> {
  const path = 'deviceManagement/entraAttributes';
  const progress = createProgress();
  const { managedDeviceCount } = (await target.request(
    'GET',
    'deviceManagement/enrolmentSync',
  )) as { readonly managedDeviceCount: number };
  let written = 0;
  const failed: Written['failed'][number][] = [];
  let what: object | undefined = device === undefined ? { after: '' } : { deviceId: device };
  while (what !== undefined) {
    const page = (await target.request('POST', path, what)) as Written;
    if (page.retryAfterInSeconds !== undefined) {
      await pause(page.retryAfterInSeconds * 1000);
      continue;
    }
    written += page.written;
    failed.push(...page.failed);
    progress.show(written + failed.length, managedDeviceCount);
    what = page.after === undefined ? undefined : { after: page.after };
  }
  progress.end();
  return { ...toResult({ written, failed: failed.length }), isPartial: failed.length > 0 };
}

/** One thing to look at, and whether it needs nobody. */
interface Line {
  readonly name: string;
  readonly read: () => Promise<string | number>;
  readonly isWell: (value: string | number) => boolean;
}

const isNone = (value: string | number): boolean => value === 0;

/** What an operator looks at first. What does not answer says so in its own line; not all well is not all done. */
async function readStatus(target: OpsTarget): Promise<Result> {
  const lines: readonly Line[] = [
    {
      name: 'health',
      read: () => target.request('GET', 'health/ready').then(() => 'ready'),
      isWell: () => true,
    },
    {
      name: 'silenceBreaker',
      read: () => readState(target, 'silenceBreaker'),
      isWell: (value) => value === 'closed',
    },
    {
      name: 'enrolment',
      read: () => readState(target, 'enrolmentSync'),
      isWell: (value) => value !== 'held',
    },
    {
      name: 'quarantine',
      read: async () => (await list(target, {})).length,
      isWell: isNone,
    },
    ...QUEUES.map(({ name }) => ({
      name: `${name} dead letters`,
      read: async () => (await listDeadLetters(await target.serviceBus(), name, {})).length,
      isWell: isNone,
    })),
  ];
  const found = await Promise.all(
    lines.map(async ({ name, read, isWell }) => {
      try {
        const value = await read();
        return { name, value, isWell: isWell(value) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { name, value: `unknown: ${reason}`, isWell: false };
      }
    }),
  );
  const value = Object.fromEntries(found.map((line) => [line.name, line.value]));
  return { ...toResult(value), isPartial: found.some(({ isWell }) => !isWell) };
}

async function readState(target: OpsTarget, name: string): Promise<string> {
  const { state } = (await target.request('GET', `deviceManagement/${name}`)) as {
    readonly state: string;
  };
  return state;
}
