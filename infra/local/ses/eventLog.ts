/** The events of a stream, in the order in which Symantec has taken them. */
export interface EventLog {
  /** How many there are. */
  count(): number;
  /** The JSON text of an event. */
  textAt(index: number): string;
}

/** An event log in memory, to which its owner appends. */
export interface GrowingEventLog extends EventLog {
  append(events: readonly object[]): void;
}

export function createEventLog(): GrowingEventLog {
  const texts: string[] = [];
  return {
    count: () => texts.length,
    textAt: (index) => texts[index] ?? '',
    append(events) {
      for (const event of events) texts.push(JSON.stringify(event));
    },
  };
}
