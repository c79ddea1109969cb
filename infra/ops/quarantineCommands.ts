import {
  createProgress,
  requireYes,
  toList,
  UsageError,
  type Command,
  type CommandOptions,
  type Commands,
  type Result,
} from '../cli/command.ts';
import type { OpsTarget } from './opsTarget.ts';

interface Entry {
  readonly name: string;
  readonly receivedDateTime: string;
  readonly source: string;
  readonly rejectedCount: number;
  readonly code: string;
}

interface Replayed {
  readonly accepted: number;
  readonly rejected: readonly { readonly message: string }[];
}

/** Requests of which something was rejected. */
export const QUARANTINE_COMMANDS: Commands = {
  'quarantine list': async (target, _argument, options) =>
    toList(
      await list(target, options),
      ({ name, receivedDateTime, source, rejectedCount, code }) =>
        `${receivedDateTime}  ${source}  ${String(rejectedCount)} × ${code}  ${name}`,
    ),
  'quarantine show': async (target, name) => {
    if (name === '') throw new UsageError('one of `quarantine list` has to be named');
    const value = await target.request('GET', `quarantine/${encodeURIComponent(name)}`);
    return { value, lines: [JSON.stringify(value, null, 2)] };
  },
  'quarantine replay': (target, name, options) => forEach(target, name, options, replay),
  'quarantine drop': async (target, name, options) => {
    await requireYes(options, 'Drop requests from the quarantine for good?');
    return forEach(target, name, options, drop);
  },
};

/** All that lie there and fit. */
export async function list(
  target: OpsTarget,
  { code }: Pick<CommandOptions, 'code'>,
): Promise<readonly Entry[]> {
  const entries = (await target.list('quarantine')) as readonly Entry[];
  return entries.filter((entry) => (code ?? entry.code) === entry.code);
}

interface Done {
  readonly name: string;
  readonly accepted?: number;
  /** Why it is still there. */
  readonly left?: string;
}

type Each = (target: OpsTarget, name: string) => Promise<Done>;

/** One that is named, or all that fit. */
async function forEach(
  target: OpsTarget,
  name: string,
  options: CommandOptions,
  each: Each,
): ReturnType<Command> {
  if (name === '' && !options.all && options.code === undefined)
    throw new UsageError('name one of `quarantine list`, or say --all or --code');
  const names = name === '' ? (await list(target, options)).map((entry) => entry.name) : [name];
  const progress = createProgress();
  const done: Done[] = [];
  for (const each_ of names) {
    done.push(await each(target, each_));
    progress.show(done.length, names.length);
  }
  progress.end();
  return toDone(done);
}

function toDone(done: readonly Done[]): Result {
  return {
    ...toList(
      done,
      ({ name, left }) => `${left === undefined ? 'done' : `left: ${left}`}  ${name}`,
    ),
    isPartial: done.some(({ left }) => left !== undefined),
  };
}

async function replay(target: OpsTarget, name: string): Promise<Done> {
  const path = `quarantine/${encodeURIComponent(name)}/replay`;
  const { accepted, rejected } = (await target.request('POST', path)) as Replayed;
  const [first] = rejected;
  return { name, accepted, ...(first === undefined ? {} : { left: first.message }) };
}

async function drop(target: OpsTarget, name: string): Promise<Done> {
  await target.request('DELETE', `quarantine/${encodeURIComponent(name)}`);
  return { name };
}
