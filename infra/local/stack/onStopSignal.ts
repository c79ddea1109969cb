const PARENT_CHECK_INTERVAL_IN_MILLISECONDS = 500;

/**
 * Calls `stop` when somebody asks the program to end: Ctrl-C, the end of the terminal, or another process; and when its
 * parent has gone, since the shell between npm and the program hands no signal on. Asked twice, the program goes at
 * once; the processes that it started end with it.
 */
export function onStopSignal(stop: () => void): void {
  let isStopping = false;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      stop();
    });
  }
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    if (isStopping) return;
    isStopping = true;
    stop();
  }, PARENT_CHECK_INTERVAL_IN_MILLISECONDS);
  watch.unref();
}
