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
} from './command.ts';
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

/** How it stands, and an operator's word. */
export const SYSTEM_COMMANDS: Commands = {
  status: async (target) => toResult(await readStatus(target)),
  'streams list': async (target) => {
    const streams = (await target.request('GET', 'ssf/streams')) as readonly Readonly<
      Record<string, unknown>
    >[];
    return toList(
      streams,
      ({ stream_id: id, aud, description = '' }) =>
        `${String(id)}  ${String(aud)}  ${String(description)}`,
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

/** What an operator looks at first. */
async function readStatus(target: OpsTarget): Promise<object> {
  const [health, breaker, enrolment, quarantined, ...letters] = await Promise.all([
    target.request('GET', 'health/ready').then(
      () => 'ready',
      (error: unknown) => String(error),
    ),
    target.request('GET', 'deviceManagement/silenceBreaker') as Promise<{ state: string }>,
    target.request('GET', 'deviceManagement/enrolmentSync') as Promise<{ state: string }>,
    list(target, {}),
    ...QUEUES.map(({ name }) => listDeadLetters(target.serviceBus(), name, {})),
  ]);
  return {
    health,
    silenceBreaker: breaker.state,
    enrolment: enrolment.state,
    quarantine: quarantined.length,
    ...Object.fromEntries(
      QUEUES.map(({ name }, index) => [`${name} dead letters`, letters[index]?.length ?? 0]),
    ),
  };
}
