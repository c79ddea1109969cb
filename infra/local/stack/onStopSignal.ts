import { readFileSync } from 'node:fs';

const PARENT_CHECK_INTERVAL_IN_MILLISECONDS = 500;
/** On Ctrl-C the terminal signals the program and npm, and npm signals the program again, within this time. */
const ECHO_IN_MILLISECONDS = 1000;

/**
 * Calls `stop` once when the program is asked to end: by Ctrl-C, by the end of the terminal, by another process, or by
 * the end of its parent. A second request exits the program at once; its child processes end with it.
 */
export function onStopSignal(stop: () => void): void {
  let requestedAt: number | undefined;
  const request = (): void => {
    if (requestedAt === undefined) {
      requestedAt = performance.now();
      clearInterval(watch);
      stop();
    } else if (performance.now() - requestedAt > ECHO_IN_MILLISECONDS) process.exit(1);
  };
  const hasLostParent = watchParents();
  const watch = setInterval(() => {
    if (hasLostParent()) request();
  }, PARENT_CHECK_INTERVAL_IN_MILLISECONDS);
  watch.unref();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, request);
}

/** Returns a check whether the parent has ended, or npm if a shell runs between it and the program. */
function watchParents(): () => boolean {
  const parent = process.ppid;
  const npm = process.env['npm_lifecycle_event'] === undefined ? undefined : parentOfShell(parent);
  return () => process.ppid !== parent || (npm !== undefined && parentOfShell(parent) !== npm);
}

/**
 * The parent of a shell, on Linux. There, shells stay between npm and the program; elsewhere the program replaces them.
 */
function parentOfShell(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const [, parent] = /^\d+ \(\w*sh\) \S (\d+)/.exec(stat) ?? [];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
