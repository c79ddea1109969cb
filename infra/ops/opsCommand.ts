import type { CommandIo } from '../cli/commandIo.ts';
import type { OpsTarget } from './opsTarget.ts';

/** The options of the commands. */
export interface OpsOptions {
  readonly id?: string | undefined;
  readonly code?: string | undefined;
  readonly device?: string | undefined;
  readonly secret?: string | undefined;
  readonly as?: string | undefined;
  readonly 'key-vault'?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly header?: string | undefined;
  readonly query?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly stream?: string | undefined;
  readonly channel?: string | undefined;
  readonly container?: string | undefined;
  readonly prefix?: string | undefined;
  readonly required?: string | undefined;
  readonly 'silence-window'?: string | undefined;
  readonly lifetime?: string | undefined;
  readonly 'secret-file'?: string | undefined;
  readonly source?: string | undefined;
  readonly field?: string | undefined;
  readonly word?: string | undefined;
  readonly all: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
}

/** One command as it was typed. */
export interface OpsCall {
  readonly target: OpsTarget;
  /** The word after the command; empty if there is none. */
  readonly argument: string;
  readonly options: OpsOptions;
  readonly io: CommandIo;
}

/** The result of a command: `value` for programs, `lines` for people. */
export interface OpsResult {
  readonly value: unknown;
  readonly lines: readonly string[];
  /** Some of the work failed, or something needs attention. */
  readonly isPartial?: boolean;
}

/** One command, and what it takes in addition to the options of all commands. */
export interface OpsCommand {
  /** The options that it takes. */
  readonly options?: readonly (keyof OpsOptions)[];
  /** Checks the word after the command, empty if there is none. Without this the command takes no word. @throws UsageError */
  readonly checkArgument?: (argument: string, options: OpsOptions) => void;
  readonly run: (call: OpsCall) => Promise<OpsResult>;
}

/** The commands by `noun verb`. */
export type OpsCommands = Readonly<Record<string, OpsCommand>>;

/** One line for each member. */
export function toResult(value: unknown): OpsResult {
  const lines = Object.entries(value as object).map(([name, each]) => `${name}: ${String(each)}`);
  return { value, lines };
}

/** One line for each entry, or `none`. */
export function toList<T>(value: readonly T[], toLine: (each: T) => string): OpsResult {
  return { value, lines: value.length === 0 ? ['none'] : value.map(toLine) };
}
