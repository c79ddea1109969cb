/** Random choices that depend only on a seed. */
export interface Chance {
  readonly random: () => number;
  /** A whole number below `top`. */
  readonly whole: (top: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
  readonly happens: (probability: number) => boolean;
}

export function createChance(random: () => number): Chance {
  const whole = (top: number): number => Math.floor(random() * top);
  return {
    random,
    whole,
    pick: <T>(items: readonly T[]): T => items[whole(items.length)] as T,
    happens: (probability) => random() < probability,
  };
}
