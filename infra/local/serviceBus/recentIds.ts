/** The message ids of the duplicate detection window. */
export class RecentIds {
  private readonly windowInMilliseconds: number;
  /** When each id arrived; oldest first. */
  private readonly arrivals = new Map<string, number>();

  constructor(windowInMilliseconds: number) {
    this.windowInMilliseconds = windowInMilliseconds;
  }

  /** Adds an id and returns whether the window already contained it. A repeated id keeps its first time of arrival. */
  isRepeated(id: string, now: number): boolean {
    for (const [known, at] of this.arrivals) {
      if (at + this.windowInMilliseconds > now) break;
      this.arrivals.delete(known);
    }
    if (this.arrivals.has(id)) return true;
    this.arrivals.set(id, now);
    return false;
  }
}
