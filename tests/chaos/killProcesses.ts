import { setTimeout as pause } from 'node:timers/promises';
import type { Pace } from './createPace.ts';
import type { WiredSystem } from './startWiredSystem.ts';
import { until } from './until.ts';

export type Victim = 'worker' | 'cosmos' | 'serviceBus';

const SHARES_OF_SERVICES = { cosmos: 0.1, serviceBus: 0.05 };
const SHARE_OF_CUTS = 0.1;
const MAX_SAVES_BEFORE = 40;
const MAX_HESITATION_IN_MILLISECONDS = 30;
/**
 * What is in the hands of a process that goes comes again, and counts one delivery more: at ten it is given up. So
 * whatever waited at a blow is worked before the sixth after it.
 */
const MAX_BLOWS_A_MESSAGE = 6;

/** Kills one process after the other, each in the midst of work, when the one before is back and at work. */
export async function killProcesses(
  { stack, cosmosWire, brokerWire, queues }: WiredSystem,
  pace: Pace,
  kills: number,
  random: () => number,
  onKilled: (victim: Victim) => void,
): Promise<void> {
  const blows: number[] = [];
  const whole = (top: number): number => Math.floor(random() * top);

  /** The moment after so many writes; at once where there is nothing left to write. */
  const untilSaved = async (count: number): Promise<void> => {
    let isOver = false;
    const idle = until(
      'the worker works',
      async () => isOver || (pace.isQuiet() && (await queues.isEmpty())),
    );
    await Promise.race([cosmosWire.whenSaved(cosmosWire.saves() + count), idle]);
    isOver = true;
  };
  const strike = async (blow: () => Promise<void> | void): Promise<void> => {
    const oldest = blows.at(-MAX_BLOWS_A_MESSAGE);
    if (oldest !== undefined)
      await until('what waits is worked', () => queues.hasNothingFrom(oldest));
    await untilSaved(1 + whole(MAX_SAVES_BEFORE));
    if (random() < 0.5) await pause(random() * MAX_HESITATION_IN_MILLISECONDS);
    await blow();
    blows.push(Date.now());
  };

  for (const victim of toVictims(kills, random)) {
    await pace.due();
    if (random() < SHARE_OF_CUTS) await strike(() => cosmosWire.cut());
    if (random() < SHARE_OF_CUTS) await strike(() => brokerWire.cut());
    await strike(() => (victim === 'worker' ? stack.killWorker() : stack.killService(victim)));
    pace.onKilled();
    onKilled(victim);
  }
}

/** Workers for the most part; in an order of the dice. */
function toVictims(kills: number, random: () => number): readonly Victim[] {
  const services = Object.entries(SHARES_OF_SERVICES).flatMap(([service, share]) =>
    Array.from({ length: Math.round(kills * share) }, () => service as Victim),
  );
  const workers = Array.from({ length: kills - services.length }, (): Victim => 'worker');
  return [...services, ...workers]
    .map((victim) => ({ victim, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ victim }) => victim);
}
