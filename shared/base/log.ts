/** Receives log messages. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}

const MAX_LENGTH = 4000;

/** Logs only the first lines, for bulk work that may fail the same way many times. */
export interface BoundedLog extends Log {
  /** Logs how many lines were left out. */
  end(): void;
}

/** Passes the first `count` lines to `log`, and the summary of `end`. */
export function firstLines(log: Log, count: number): BoundedLog {
  let lines = 0;
  const limited =
    (write: (message: string) => void) =>
    (message: string): void => {
      lines += 1;
      if (lines <= count) write(message);
    };
  return {
    warn: limited((message) => log.warn(message)),
    error: limited((message) => log.error(message)),
    end() {
      if (lines > count) log.warn(`log lines left out: ${String(lines - count)}`);
    },
  };
}

/**
 * Wraps the log of the runtime (`InvocationContext` is one) and puts every message on one line. Input from outside can
 * neither start a line of its own nor control the reader's terminal.
 */
export function toLog(log: Log): Log {
  return {
    warn: (message) => log.warn(toLine(message)),
    error: (message) => log.error(toLine(message)),
  };
}

/** Escapes control characters, invisible characters, line ends and lone surrogates, as JSON does. */
function toLine(message: string): string {
  const line = message
    .slice(0, MAX_LENGTH)
    .replaceAll(/\n +at /g, ' at ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, toEscape);
  const left = message.length - MAX_LENGTH;
  return left > 0 ? `${line} and ${String(left)} more characters` : line;
}

function toEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
