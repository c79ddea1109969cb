/**
 * Calls `stop` when somebody asks the program to end: Ctrl-C, the end of the terminal, or another process. Asked twice,
 * the program goes at once; the processes that it started end with it.
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
}
