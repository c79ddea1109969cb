import { parseArgs, type ParseArgsConfig } from 'node:util';
import { runCommand, UsageError } from './command.ts';
import { processIo, type CommandIo } from './commandIo.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** What the command line of an npm script takes. Every one also takes `--help`. */
export interface CommandLine<T extends Options = Options> {
  /** The name of the npm script. */
  readonly script: string;
  /** The text that `--help` prints. */
  readonly usage: string;
  readonly options: T;
  /** Whether the command line starts with a command. Without words it then prints its usage. */
  readonly takesCommand?: boolean;
}

/** The options and words of a command line. */
export interface ReadCommandLine<T extends Options> {
  /** Only options that are given, or that have a default. */
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>['values'];
  readonly words: readonly string[];
  readonly io: CommandIo;
}

type Work<T extends Options> = (read: ReadCommandLine<T>) => Promise<number> | number;

/**
 * Runs `npm run {script} -- {argv}` and returns its exit code: that of `work`, 0 after `--help`, 2 after a usage error
 * such as an unknown option or word, 1 after any other error, to which `onFailure` may add lines.
 */
export function runCommandLine<const T extends Options>(
  line: CommandLine<T>,
  { argv, io }: { readonly argv: readonly string[]; readonly io: CommandIo },
  work: Work<T>,
  onFailure?: (error: unknown) => void,
): Promise<number> {
  const { script, usage, takesCommand = false } = line;
  const readAndWork = async (): Promise<number> => {
    const { values, positionals: words } = parseStrictly(line, argv);
    const isHelp = values['help'] === true;
    if (isHelp || (takesCommand && words.length === 0)) {
      io.print(usage);
      return isHelp ? 0 : 2;
    }
    return work({ values: values as ReadCommandLine<T>['values'], words, io });
  };
  return runCommand(script, io, readAndWork, onFailure);
}

/** Runs the command line of this process and returns its exit code. */
export function runProcess<const T extends Options>(
  line: CommandLine<T>,
  work: Work<T>,
): Promise<number> {
  return runCommandLine(line, { argv: process.argv.slice(2), io: processIo() }, work);
}

/** @throws UsageError for an unknown option or an unexpected word. */
function parseStrictly(
  { options, takesCommand = false }: CommandLine,
  argv: readonly string[],
): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: takesCommand,
      allowNegative: true,
    });
  } catch (error) {
    // The first sentence names the word; the next ones are about the parser.
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new UsageError(reason, { cause: error });
  }
}
