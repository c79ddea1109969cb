/** One page of a list. An empty page with a continuation is legal. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The position of the next page; absent on the last one. */
  readonly continuation?: string;
}
