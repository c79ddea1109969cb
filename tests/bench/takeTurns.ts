import { median } from '../../infra/node/percentiles.ts';

/** What is measured: does its work once, and says how many operations that was. */
export type Contestant = () => number | Promise<number>;

export interface TurnOptions {
  /**
   * What a turn is measured by: the time that the processor has spent on this process, unless said otherwise, since it
   * is the same however busy the machine is; or the clock on the wall, where other processes take part.
   */
  readonly by?: 'processor' | 'wall';
  readonly rounds?: number;
  readonly millisecondsATurn?: number;
}

/**
 * Operations a second of each contestant: the median of its turns. They take turns, the first to go another each round,
 * so that whatever else the machine does meets all of them alike. The first round warms up and does not count.
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
