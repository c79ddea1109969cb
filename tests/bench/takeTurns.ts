/** What is measured: does its work once, and says how many operations that was. */
export type Contestant = () => number | Promise<number>;

export interface TurnOptions {
  readonly rounds?: number;
  readonly millisecondsATurn?: number;
}

/**
 * Operations a second of each contestant: the median of its turns. They take turns, the first to go another each round,
 * so that whatever else the machine does meets all of them alike. The first round warms up and does not count.
 */
export async function takeTurns<K extends string>(
  contestants: Readonly<Record<K, Contestant>>,
  { rounds = 7, millisecondsATurn = 300 }: TurnOptions = {},
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(contestants) as K[];
  const rates = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of order) {
      const rate = await measureTurn(contestants[name], millisecondsATurn);
      if (round > 0) rates.get(name)?.push(rate);
    }
  }
  return Object.fromEntries(
    [...rates].map(([name, measured]) => [name, median(measured)]),
  ) as Record<K, number>;
}

async function measureTurn(contestant: Contestant, milliseconds: number): Promise<number> {
  const began = performance.now();
  let operations = 0;
  let elapsed = 0;
  do {
    const done = contestant();
    operations += typeof done === 'number' ? done : await done;
    elapsed = performance.now() - began;
  } while (elapsed < milliseconds);
  return (operations * 1000) / elapsed;
}

/** The middle of what was measured, of an even number the lower of the two. @throws RangeError where nothing was. */
export function median(measured: readonly number[]): number {
  const middle = measured.toSorted((a, b) => a - b)[Math.floor((measured.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}
