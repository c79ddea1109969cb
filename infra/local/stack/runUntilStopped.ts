import { onStopSignal } from './onStopSignal.ts';
import type { Stack } from './startStack.ts';

/**
 * Runs a system until somebody asks this process to end, until its parent ends, or until the system breaks. Returns the
 * exit code: 0 after a stop, 1 if the system did not start or broke.
 */
export async function runUntilStopped(
  start: (signal: AbortSignal) => Promise<Pick<Stack, 'broken' | 'stop'>>,
): Promise<number> {
  const stopping = new AbortController();
  onStopSignal(() => {
    console.log('stopping …');
    stopping.abort();
  });
  try {
    const system = await start(stopping.signal);
    const stopped = new Promise<undefined>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve(undefined));
    });
    const failure = await Promise.race([stopped, system.broken]);
    if (failure !== undefined) console.error(`${failure}; stopping the system`);
    await system.stop();
    return failure === undefined ? 0 : 1;
  } catch (error) {
    const isStopped = error instanceof DOMException && error.name === 'AbortError';
    if (!isStopped) console.error(error instanceof Error ? error.message : error);
    return isStopped ? 0 : 1;
  }
}
