/** Logs one event of the host or a function; each event starts a line. */
export type HostLog = (level: string, message: string) => void;

const LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/** Creates a log to the console of all events at `threshold` and above. */
export function createHostLog(threshold: string): HostLog {
  const least = Math.max(0, LEVELS.indexOf(threshold.toLowerCase()));
  return (level, message) => {
    if (LEVELS.indexOf(level) < least) return;
    const line = `${new Date().toISOString()} ${level} ${toText(message)}`;
    if (level === 'error' || level === 'critical') console.error(line);
    else console.log(line);
  };
}

/** Indents further lines and removes control characters, so text from outside cannot imitate an event. */
function toText(message: string): string {
  return message.replaceAll(/[^\P{Cc}\n\t]/gu, '').replaceAll('\n', '\n    ');
}
