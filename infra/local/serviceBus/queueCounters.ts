/** Totals of one queue since the start, for tests and benchmarks. */
export interface QueueCounters {
  sent: number;
  received: number;
  completed: number;
  abandoned: number;
  deadLettered: number;
}

export function createQueueCounters(): QueueCounters {
  return { sent: 0, received: 0, completed: 0, abandoned: 0, deadLettered: 0 };
}
