/** The list drops taken numbers once there are more than this. */
const MIN_COMPACTION = 1000;

/** The sequence numbers of active messages, in ascending order. Appending and taking the first cost constant time. */
export class ActiveOrder {
  /** Ascending from `head`; the numbers before it are already taken. */
  private numbers: number[] = [];
  private head = 0;

  add(sequenceNumber: number): void {
    const last = this.numbers.at(-1);
    if (last === undefined || last < sequenceNumber || this.head === this.numbers.length) {
      this.numbers.push(sequenceNumber);
      return;
    }
    const at = this.numbers.findIndex(
      (number, index) => index >= this.head && number > sequenceNumber,
    );
    this.numbers.splice(at < 0 ? this.numbers.length : at, 0, sequenceNumber);
  }

  /** Removes and returns the lowest number. */
  take(): number | undefined {
    const number = this.numbers[this.head];
    if (number === undefined) return undefined;
    this.head += 1;
    if (this.head > MIN_COMPACTION && this.head * 2 > this.numbers.length) {
      this.numbers = this.numbers.slice(this.head);
      this.head = 0;
    }
    return number;
  }

  remove(sequenceNumber: number): void {
    const at = this.numbers.indexOf(sequenceNumber, this.head);
    if (at >= 0) this.numbers.splice(at, 1);
  }
}
