import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

const MIN_PAUSE_IN_MILLISECONDS = 10;
const MAX_SHOWN_CHARACTERS = 500;

interface Wait {
  /** The line that waits. */
  readonly place: string;
  readonly began: number;
  value?: unknown;
}

const waits = new Set<Wait>();

/**
 * Asks until `isDone`; the test's timeout is the limit. Pauses as long as the answer took, so that polling leaves the
 * processor to the system under test.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isDone: (value: T) => boolean,
): Promise<T> {
  const wait: Wait = { place: callingLine(), began: performance.now() };
  waits.add(wait);
  try {
    while (waits.has(wait)) {
      const asked = performance.now();
      const value = await ask();
      if (isDone(value)) return value;
      wait.value = value;
      await pause(Math.max(MIN_PAUSE_IN_MILLISECONDS, performance.now() - asked));
    }
    throw new Error('the test has ended');
  } finally {
    waits.delete(wait);
  }
}

/** Ends the waits of a test that failed, and describes them: what a timeout waited for. */
export function endWaits(): readonly string[] {
  const ended = [...waits];
  waits.clear();
  return ended.map(({ place, began, value }) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const shown = inspect(value, { breakLength: Infinity }).slice(0, MAX_SHOWN_CHARACTERS);
    return `waited ${seconds} s ${place}; the last value: ${shown}`;
  });
}

function callingLine(): string {
  const lines = (new Error().stack ?? '').split('\n').slice(1);
  return lines.find((line) => !line.includes(import.meta.filename))?.trim() ?? '';
}
