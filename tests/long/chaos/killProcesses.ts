import { setTimeout as pause } from 'node:timers/promises';
import { assertUnreachable } from '../../../shared/base/assertUnreachable.ts';
import type { Pace } from './createPace.ts';
import type { WiredSystem } from './startWiredSystem.ts';
import { until } from './until.ts';

export type Victim = 'worker' | 'cosmos' | 'serviceBus';
type Blow = Victim | 'cosmosCut' | 'brokerCut';

/** Per hundred kills; the others hit workers. */
const SERVICES_KILLED = { cosmos: 10, serviceBus: 5 };
/** How often a wire is cut, per hundred kills. */
const CUTS = { cosmosCut: 10, brokerCut: 10 };
const MAX_SAVES_BEFORE = 40;
const MAX_HESITATION_IN_MILLISECONDS = 30;
/**
 * Each blow costs a message the time of its lock. So a message that waits at one blow has to be processed before
 * the sixth blow after it.
 */
const MAX_BLOWS_A_MESSAGE = 6;

/** Kills one process after the other in the middle of its work, each when the previous one is back at work. */
export async function killProcesses(
  { stack, cosmosWire, brokerWire, queues }: WiredSystem,
  pace: Pace,
  kills: number,
  random: () => number,
  onKilled: (victim: Victim) => void,
): Promise<void> {
  const blows: number[] = [];
  const whole = (top: number): number => Math.floor(random() * top);

  /** Resolves after this number of writes, or at once if nothing is left to write. */
  const untilSaved = async (count: number): Promise<void> => {
    let isOver = false;
    const idle = until(
      'the worker saves',
      async () => isOver || (pace.isQuiet() && (await queues.isEmpty())),
    );
    await Promise.race([cosmosWire.whenSaved(cosmosWire.saves() + count), idle]);
    isOver = true;
  };
  const strike = async (blow: Blow): Promise<void> => {
    switch (blow) {
      case 'cosmosCut':
        return cosmosWire.cut();
      case 'brokerCut':
        return brokerWire.cut();
      case 'worker':
        await stack.killWorker();
        break;
      case 'cosmos':
      case 'serviceBus':
        await stack.killService(blow);
        break;
      default:
        assertUnreachable(blow);
    }
    pace.onKilled();
    onKilled(blow);
  };

  for (const blow of toBlows(kills, random)) {
    await pace.due();
    const oldest = blows.at(-MAX_BLOWS_A_MESSAGE);
    if (oldest !== undefined)
      await until('waiting messages are processed', () => queues.hasNothingFrom(oldest));
    await untilSaved(1 + whole(MAX_SAVES_BEFORE));
    if (random() < 0.5) await pause(random() * MAX_HESITATION_IN_MILLISECONDS);
    await strike(blow);
    blows.push(Date.now());
  }
}

/** All blows in a random order. */
function toBlows(kills: number, random: () => number): readonly Blow[] {
  const some = (counts: Readonly<Record<string, number>>): readonly Blow[] =>
    Object.entries(counts).flatMap(([blow, ofHundred]) =>
      Array.from({ length: Math.ceil((kills * ofHundred) / 100) }, () => blow as Blow),
    );
  const services = some(SERVICES_KILLED);
  const workers = Array.from(
    { length: Math.max(0, kills - services.length) },
    (): Blow => 'worker',
  );
  return [...services.slice(0, kills), ...some(CUTS), ...workers]
    .map((blow) => ({ blow, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}
