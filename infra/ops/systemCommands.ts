import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../cli/command.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { createProgress } from '../cli/createProgress.ts';
import {
  toList,
  toResult,
  type OpsCall,
  type OpsCommand,
  type OpsCommands,
  type OpsResult,
} from './opsCommand.ts';
import type { OpsTarget } from './opsTarget.ts';
import { readStatus } from './readStatus.ts';

const POLL_INTERVAL_IN_MILLISECONDS = 500;

interface Stream {
  readonly stream_id: string;
  readonly aud: string;
  readonly description?: string;
}

/** The state of the system, and what an operator may confirm or start. */
export const SYSTEM_COMMANDS: OpsCommands = {
  status: { run: ({ target }) => readStatus(target) },
  'streams list': { run: ({ target }) => listStreams(target) },
  'streams pause': { checkArgument: requireStream, run: (call) => setStatus(call, 'paused') },
  'streams resume': { checkArgument: requireStream, run: (call) => setStatus(call, 'enabled') },
  'silence-breaker show': toRequest('GET', 'deviceManagement/silenceBreaker'),
  'silence-breaker confirm': toRequest('POST', 'deviceManagement/silenceBreaker/confirm'),
  'enrolment show': toRequest('GET', 'deviceManagement/enrolmentSync'),
  'enrolment confirm': toRequest('POST', 'deviceManagement/enrolmentSync/confirm'),
  'entra write': { options: ['device'], checkArgument: rejectDevice, run: writeEntra },
  reevaluate: { options: ['device', 'wait'], checkArgument: rejectDevice, run: reevaluate },
};

/** A command that sends one request and prints the members of the answer. */
function toRequest(method: string, path: string): OpsCommand {
  return { run: async ({ target }) => toResult(await target.request(method, path)) };
}

/** A device is an option, so that a forgotten `--device` never means all devices. */
function rejectDevice(argument: string): void {
  if (argument !== '')
    throw new UsageError(
      `unexpected argument \`${argument}\`: give --device ID, or nothing for all devices`,
    );
}

function requireStream(id: string): void {
  if (id === '') throw new UsageError('the stream id is missing: give one from `streams list`');
}

async function listStreams(target: OpsTarget): Promise<OpsResult> {
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
}

async function setStatus({ target, argument: id }: OpsCall, status: string): Promise<OpsResult> {
  return toResult(await target.request('POST', 'ssf/status', { stream_id: id, status }));
}

interface Pass {
  readonly state: string;
  readonly visitedDeviceCount: number;
  readonly failedDeviceCount: number;
  readonly managedDeviceCount: number;
}

async function reevaluate({ target, options, io }: OpsCall): Promise<OpsResult> {
  const path = 'deviceManagement/reevaluation';
  const { device, wait } = options;
  if (device !== undefined)
    return toResult(await target.request('POST', path, { deviceId: device }));
  const begun = (await target.request('POST', path, {})) as Pass;
  const pass = wait ? await waitForPass(target, begun, io) : begun;
  return { ...toResult(pass), isPartial: pass.failedDeviceCount > 0 };
}

/** Waits until the pass has visited the last device. */
async function waitForPass(target: OpsTarget, begun: Pass, io: CommandIo): Promise<Pass> {
  const progress = createProgress(io);
  let pass = begun;
  while (pass.state === 'running') {
    progress.show(pass.visitedDeviceCount, pass.managedDeviceCount);
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
    pass = (await target.request('GET', 'deviceManagement/reevaluation')) as Pass;
  }
  progress.end();
  return pass;
}

interface WrittenPage {
  readonly written: number;
  readonly failed: readonly { readonly deviceId: string; readonly reason: string }[];
  readonly retryAfterInSeconds?: number;
  readonly after?: string;
}

/** Writes a hundred devices at a time. When Graph throttles, waits and writes the same page again. */
async function writeEntra({ target, options, io }: OpsCall): Promise<OpsResult> {
  const { device } = options;
  const progress = createProgress(io);
  const { managedDeviceCount } = (await target.request(
    'GET',
    'deviceManagement/enrolmentSync',
  )) as { readonly managedDeviceCount: number };
  let written = 0;
  let failed = 0;
  let next: object | undefined = device === undefined ? { after: '' } : { deviceId: device };
  while (next !== undefined) {
    const page = (await target.request(
      'POST',
      'deviceManagement/entraAttributes',
      next,
    )) as WrittenPage;
    if (page.retryAfterInSeconds !== undefined) {
      await pause(page.retryAfterInSeconds * 1000);
      continue;
    }
    written += page.written;
    failed += page.failed.length;
    progress.show(written + failed, managedDeviceCount);
    next = page.after === undefined ? undefined : { after: page.after };
  }
  progress.end();
  return { ...toResult({ written, failed }), isPartial: failed > 0 };
}
