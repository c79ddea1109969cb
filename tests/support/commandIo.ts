import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from '../../infra/cli/commandIo.ts';

/** A command line waits this long wherever it waits longer in production. */
const PAUSE_IN_MILLISECONDS = 5;

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Run = (argv: readonly string[], io: CommandIo) => Promise<number>;

/** Calls a command line in this process, without a terminal, and collects its output as a process would write it. */
export async function callCommand(
  run: Run,
  argv: readonly string[],
  io: Partial<CommandIo> = {},
): Promise<CommandOutcome> {
  let out = '';
  let err = '';
  const code = await run(argv, {
    environment: {},
    print: (line) => void (out += `${line}\n`),
    printError: (line) => void (err += `${line}\n`),
    redraw: undefined,
    ask: undefined,
    fetch,
    pause: () => setTimeout(PAUSE_IN_MILLISECONDS),
    signIn: () => Promise.reject(new Error('nobody is signed in')),
    ...io,
  });
  return { code, out, err };
}
