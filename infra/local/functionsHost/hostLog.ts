/** Where the host and its functions write: an event begins a line. */
export type HostLog = (level: string, message: string) => void;

const LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** A log to the console of everything at `threshold` and above. */
export function createHostLog(threshold: string): HostLog {
  const least = Math.max(0, LEVELS.indexOf(threshold.toLowerCase()));
  return (level, message) => {
    if (LEVELS.indexOf(level) < least) return;
    const line = `${new Date().toISOString()} ${level} ${toText(message)}`;
    if (level === 'error' || level === 'critical') console.error(line);
    else console.log(line);
  };
}

/** What came from outside shall not look like an event of its own: further lines are indented, control characters gone. */
function toText(message: string): string {
  return message.replaceAll(/[^\P{Cc}\n\t]/gu, '').replaceAll('\n', '\n    ');
}
