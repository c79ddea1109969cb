/** Where a function tells what happened. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}

const MAX_LENGTH = 4000;

/** A log that is told of everything and says the first lines of it, for work on many that may all fail alike. */
export interface BoundedLog extends Log {
  /** Says of how many more nothing was said. */
  end(): void;
}

/** What goes to `log` is the first `count` lines, and what `end` says. */
export function firstLines(log: Log, count: number): BoundedLog {
  let lines = 0;
  const limited =
    (say: (message: string) => void) =>
    (message: string): void => {
      lines += 1;
      if (lines <= count) say(message);
    };
  return {
    warn: limited((message) => log.warn(message)),
    error: limited((message) => log.error(message)),
    end() {
      if (lines > count) log.warn(`left out of what went before: ${String(lines - count)}`);
    },
  };
}

/**
 * The log of the runtime (`InvocationContext` is one), with every message on one line: what came from outside stands
 * there as it was sent, but can neither begin a line of its own nor command the terminal of who reads it.
 */
export function toLog(log: Log): Log {
  return {
    warn: (message) => log.warn(toLine(message)),
    error: (message) => log.error(toLine(message)),
  };
}

/** Control characters, those that nobody sees, ends of lines and halves of characters, as JSON escapes them. */
function toLine(message: string): string {
  const line = message
    .slice(0, MAX_LENGTH)
    .replaceAll(/\n +at /g, ' at ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, toEscape);
  const left = message.length - MAX_LENGTH;
  return left > 0 ? `${line} and ${String(left)} characters more` : line;
}

function toEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
