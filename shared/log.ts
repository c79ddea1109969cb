/** Where a function tells what happened. */
export interface Log {
  warn(message: string): void;
  error(message: string): void;
}

const MAX_LENGTH = 4000;

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
