import { median } from '../../infra/node/percentiles.ts';

/** A contestant: does its work once and returns the number of operations. */
export type Contestant = () => number | Promise<number>;

export interface TurnOptions {
  /**
   * The clock of a turn. By default it is this process's processor time, which does not depend on the machine's load. If
   * other processes take part, use wall time.
   */
  readonly by?: 'processor' | 'wall';
  readonly rounds?: number;
  readonly millisecondsATurn?: number;
}

/**
 * Operations per second of each contestant, as the median of its turns. Each round starts with another contestant, so the
 * machine's other load affects all alike. The first round is the warm-up and does not count.
 */
export async function takeTurns<K extends string>(
  contestants: Readonly<Record<K, Contestant>>,
  { rounds = 7, millisecondsATurn = 300, by = 'processor' }: TurnOptions = {},
): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(contestants) as K[];
  const rates = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of order) {
      const rate = await measureTurn(contestants[name], millisecondsATurn, by);
      if (round > 0) rates.get(name)?.push(rate);
    }
  }
  return Object.fromEntries(
    [...rates].map(([name, measured]) => [name, median(measured)]),
  ) as Record<K, number>;
}

async function measureTurn(
  contestant: Contestant,
  milliseconds: number,
  by: NonNullable<TurnOptions['by']>,
): Promise<number> {
  const clock = CLOCKS[by];
  const began = clock();
  const end = performance.now() + milliseconds;
  let operations = 0;
  do {
    const done = contestant();
    operations += typeof done === 'number' ? done : await done;
  } while (performance.now() < end);
  return (operations * 1000) / (clock() - began);
}

/** Milliseconds. */
const CLOCKS = {
  wall: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
