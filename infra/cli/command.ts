import { createInterface } from 'node:readline/promises';
import type { OpsTarget } from '../ops/opsTarget.ts';

/** The command was not understood. */
export class UsageError extends Error {}

/**
 * Runs the command line `npm run {script}`, and ends with what `main` returns: 2 where it was not understood, 1 where it
 * failed. `onFailure` adds to what is said of a failure.
 */
export function runMain(
  main: () => Promise<number>,
  script: string,
  onFailure: (error: unknown) => void = () => undefined,
): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      // What `parseArgs` throws has a code.
      const isUsage =
        error instanceof UsageError || (error instanceof TypeError && 'code' in error);
      console.error(error instanceof Error ? error.message : String(error));
      if (isUsage) console.error(`\`npm run ${script} -- --help\` says what there is`);
      else onFailure(error);
      process.exitCode = isUsage ? 2 : 1;
    },
  );
}

/** What a command gives: for programs the value, for people the lines. */
export interface Result {
  readonly value: unknown;
  readonly lines: readonly string[];
  /** Some of it could not be done. */
  readonly isPartial?: boolean;
}

/** What may be said behind a command. */
export interface CommandOptions {
  readonly id?: string | undefined;
  readonly code?: string | undefined;
  readonly device?: string | undefined;
  readonly secret?: string | undefined;
  readonly 'key-vault'?: string | undefined;
  readonly all: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** One command; `argument` is what stands behind it without a name. */
export type Command = (
  target: OpsTarget,
  argument: string,
  options: CommandOptions,
) => Promise<Result>;

/** By noun and verb. */
export type Commands = Readonly<Record<string, Command>>;

/** What was answered, a line a member. */
export function toResult(value: unknown): Result {
  const lines = Object.entries(value as object).map(([name, each]) => `${name}: ${String(each)}`);
  return { value, lines };
}

/** A line an entry; said where there is none. */
export function toList<T>(value: readonly T[], toLine: (each: T) => string): Result {
  return { value, lines: value.length === 0 ? ['there are none'] : value.map(toLine) };
}

/** @throws Error unless `--yes` was said, or somebody who can be asked says so. */
export async function requireYes(
  { yes }: Pick<CommandOptions, 'yes'>,
  question: string,
): Promise<void> {
  if (yes || (await isSure(question))) return;
  throw new Error('nothing was done: say --yes');
}

async function isSure(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

const BAR_LENGTH = 30;

/** Shows how much is done, on a terminal alone. */
export interface Progress {
  show(done: number, all: number): void;
  end(): void;
}

export function createProgress(): Progress {
  const { stderr } = process;
  let isShown = false;
  return {
    show(done, all) {
      if (!stderr.isTTY) return;
      isShown = true;
      const filled = Math.min(BAR_LENGTH, Math.round((done / Math.max(1, all)) * BAR_LENGTH));
      const bar = '#'.repeat(filled).padEnd(BAR_LENGTH);
      stderr.write(`\r[${bar}] ${String(done)} of ${String(all)}`);
    },
    end() {
      if (isShown) stderr.write('\n');
    },
  };
}
