/**
 * Half of the requests that an instance takes at once (`perInstanceConcurrency`), so that receivers that wait leave room
 * for decisions.
 */
export const MAX_WAITING_POLLS = 50;

/** The polls of this process that wait for events. */
export interface WaitingPolls {
  /**
   * Notes that a poll of the stream waits. Returns the function that ends it; `taken` if another one of the stream waits,
   * `full` if as many polls as may wait do.
   */
  begin(streamId: string): (() => void) | 'taken' | 'full';
}

export function createWaitingPolls(): WaitingPolls {
  const waiting = new Set<string>();
  return {
    begin(streamId) {
      if (waiting.has(streamId)) return 'taken';
      if (waiting.size >= MAX_WAITING_POLLS) return 'full';
      waiting.add(streamId);
      return () => void waiting.delete(streamId);
    },
  };
}
