/** The polls of this process that wait for events. */
export interface WaitingPolls {
  /** Notes that a poll of the stream waits. Returns the function that ends it; `undefined` if another one waits. */
  begin(streamId: string): (() => void) | undefined;
}

export function createWaitingPolls(): WaitingPolls {
  const waiting = new Set<string>();
  return {
    begin(streamId) {
      if (waiting.has(streamId)) return undefined;
      waiting.add(streamId);
      return () => void waiting.delete(streamId);
    },
  };
}
