import { readFileSync } from 'node:fs';

const PARENT_CHECK_INTERVAL_IN_MILLISECONDS = 500;
/** The terminal sends Ctrl-C to the program and to npm, and npm hands it on: within this time it is the same one. */
const ECHO_IN_MILLISECONDS = 1000;

/**
 * Calls `stop` when somebody asks the program to end: Ctrl-C, the end of the terminal, or another process; and when
 * what started it has gone. Asked twice, the program goes at once; the processes that it started end with it.
 */
export function onStopSignal(stop: () => void): void {
  let askedAt: number | undefined;
  const ask = (): void => {
    if (askedAt === undefined) {
      askedAt = performance.now();
      clearInterval(watch);
      stop();
    } else if (performance.now() - askedAt > ECHO_IN_MILLISECONDS) process.exit(1);
  };
  const hasLostParent = watchParents();
  const watch = setInterval(() => {
    if (hasLostParent()) ask();
  }, PARENT_CHECK_INTERVAL_IN_MILLISECONDS);
  watch.unref();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, ask);
}

/** Whether the parent has gone, or npm where a shell stands between it and the program that hands no signal on. */
function watchParents(): () => boolean {
  const parent = process.ppid;
  const npm = process.env['npm_lifecycle_event'] === undefined ? undefined : parentOfShell(parent);
  return () => process.ppid !== parent || (npm !== undefined && parentOfShell(parent) !== npm);
}

/** Known on Linux, whose usual shells stay between npm and what it runs; elsewhere they become what they run. */
function parentOfShell(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const [, parent] = /^\d+ \(\w*sh\) \S (\d+)/.exec(stat) ?? [];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
