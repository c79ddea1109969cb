import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { chaos } from './chaos.ts';

const PATIENCE_IN_MILLISECONDS = 300_000;

it(
  'loses no acknowledged event and leaves no wrong state while processes are killed and wires fail under load',
  async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-chaos-'));
    const stack = { stateFolder, packageFolder: inject('packageFolder') };
    const outcome = await chaos({ seed: 1, events: 5000, kills: 10, stack });
    const { lost, wrong, deadLetters, deaths, unsettled } = outcome;
    const { acknowledged, kills, cosmos, broker, door } = outcome;
    expect({ lost, wrong, deadLetters, deaths, unsettled }).toEqual({
      lost: [],
      wrong: [],
      deadLetters: [],
      deaths: [],
      unsettled: [],
    });
    expect([acknowledged, kills]).toEqual([5000, { worker: 8, cosmos: 1, serviceBus: 1 }]);
    // It did fail in every way: the test would otherwise prove nothing.
    const { throttled, unavailable, late, lostAnswer, slow } = cosmos;
    const faults = [throttled, unavailable, late + lostAnswer, slow, cosmos.cuts, broker.cuts];
    expect(Math.min(...faults, broker.held, door.lostAnswers)).toBeGreaterThan(0);
    rmSync(stateFolder, { recursive: true });
  },
  PATIENCE_IN_MILLISECONDS,
);
