import { UsageError } from '../cli/command.ts';
import { createProgress } from '../cli/createProgress.ts';
import { requireYes } from '../cli/requireYes.ts';
import {
  toList,
  type OpsCall,
  type OpsCommands,
  type OpsOptions,
  type OpsResult,
} from './opsCommand.ts';
import type { OpsTarget } from './opsTarget.ts';

interface QuarantinedRequest {
  readonly name: string;
  readonly receivedDateTime: string;
  readonly source: string;
  readonly rejectedCount: number;
  readonly partialCount: number;
  readonly code: string;
}

interface Replay {
  readonly accepted: number;
  readonly rejected: readonly { readonly message: string }[];
}

/** Requests with events that were not read whole. */
export const QUARANTINE_COMMANDS: OpsCommands = {
  'quarantine list': {
    options: ['code'],
    run: async ({ target, options }) =>
      toList(
        await listQuarantine(target, options),
        ({ name, receivedDateTime, source, rejectedCount, partialCount, code }) =>
          `${receivedDateTime}  ${source}  ${String(rejectedCount)} × ${code}, ${String(partialCount)} counted in part  ${name}`,
      ),
  },
  'quarantine show': {
    checkArgument: requireName,
    async run({ target, argument: name }) {
      const value = await target.request('GET', `quarantine/${encodeURIComponent(name)}`);
      return { value, lines: [JSON.stringify(value, null, 2)] };
    },
  },
  'quarantine replay': {
    options: ['all', 'code'],
    checkArgument: requireChoice,
    run: (call) => forEach(call, replay),
  },
  'quarantine drop': {
    options: ['all', 'code', 'yes'],
    checkArgument: requireChoice,
    async run(call) {
      await requireYes(call.options, 'Drop quarantined requests permanently?', call.io);
      return forEach(call, drop);
    },
  },
};

function requireName(name: string): void {
  if (name === '') throw new UsageError('the name is missing: give one from `quarantine list`');
}

function requireChoice(name: string, { all, code }: OpsOptions): void {
  if (name === '' && !all && code === undefined)
    throw new UsageError(
      'the name is missing: give one from `quarantine list`, or --all or --code',
    );
}

/** Returns all matching requests in quarantine. */
export async function listQuarantine(
  target: OpsTarget,
  { code }: Pick<OpsOptions, 'code'>,
): Promise<readonly QuarantinedRequest[]> {
  const entries = (await target.list('quarantine')) as readonly QuarantinedRequest[];
  return entries.filter((entry) => (code ?? entry.code) === entry.code);
}

interface Outcome {
  readonly name: string;
  readonly accepted?: number;
  /** Why the request stays in quarantine. */
  readonly left?: string;
}

type Work = (target: OpsTarget, name: string) => Promise<Outcome>;

/** Works on the named request, or on all matching ones. */
async function forEach(call: OpsCall, work: Work): Promise<OpsResult> {
  const { target, io } = call;
  const names = await chooseNames(call);
  const progress = createProgress(io);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    outcomes.push(await work(target, name));
    progress.show(outcomes.length, names.length);
  }
  progress.end();
  return {
    ...toList(
      outcomes,
      ({ name, left }) => `${left === undefined ? 'done' : `left: ${left}`}  ${name}`,
    ),
    isPartial: outcomes.some(({ left }) => left !== undefined),
  };
}

async function chooseNames({ target, argument, options }: OpsCall): Promise<readonly string[]> {
  if (argument !== '') return [argument];
  return (await listQuarantine(target, options)).map(({ name }) => name);
}

async function replay(target: OpsTarget, name: string): Promise<Outcome> {
  const path = `quarantine/${encodeURIComponent(name)}/replay`;
  const { accepted, rejected } = (await target.request('POST', path)) as Replay;
  const [first] = rejected;
  return { name, accepted, ...(first === undefined ? {} : { left: first.message }) };
}

async function drop(target: OpsTarget, name: string): Promise<Outcome> {
  await target.request('DELETE', `quarantine/${encodeURIComponent(name)}`);
  return { name };
}
