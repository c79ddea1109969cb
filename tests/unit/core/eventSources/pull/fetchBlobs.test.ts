import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fetchBlobs } from '../../../../../shared/core/eventSources/pull/fetchBlobs.ts';
import type { PullRun } from '../../../../../shared/core/eventSources/pull/pullRun.ts';
import type { SourceItem } from '../../../../../shared/core/eventSources/sourceEvent.ts';
import {
  BlobError,
  type ListedBlob,
  type SourceBlobs,
} from '../../../../../shared/core/ports/eventSources.ts';
import { sampleSource } from '../../../../support/sampleSource.ts';

const START_IN_SECONDS = Date.parse('2026-01-01T00:00:00Z') / 1000;
const DAY_IN_SECONDS = 24 * 60 * 60;

interface StoredBlob {
  readonly name: string;
  readonly version: number;
  readonly writtenAt: number;
  readonly lines: readonly string[];
  readonly isDamaged: boolean;
}

/** A container, and what a worker that may be killed has read of it. */
class World {
  readonly blobs = new Map<string, StoredBlob>();
  readonly delivered: string[] = [];
  readonly reads: string[] = [];
  counted = 0;
  now = START_IN_SECONDS;
  checkpoint: ReturnType<PullRun['checkpoint']>;
  #lines = 0;
  #version = 0;

  write(name: string, lines: number, { ageInSeconds = 0, isDamaged = false } = {}): void {
    this.#version += 1;
    const texts = Array.from({ length: lines }, () => `{"n":${String((this.#lines += 1))}}`);
    const writtenAt = this.now - ageInSeconds;
    this.blobs.set(name, { name, version: this.#version, writtenAt, lines: texts, isDamaged });
  }

  /** Fetches until nothing is left; `kill` ends it before the step with this number. @throws KilledError */
  async fetch(kill = Infinity): Promise<void> {
    let steps = 0;
    const step = (): void => {
      steps += 1;
      if (steps > kill) throw new KilledError();
    };
    let uncounted = 0;
    const run: PullRun = {
      source: sampleSource('sesBlob'),
      now: () => new Date(this.now * 1000).toISOString(),
      checkpoint: () => this.checkpoint,
      isOver: () => false,
      deliver: (items) => {
        step();
        this.delivered.push(...items.map(toText));
        uncounted += items.length;
        step();
        return Promise.resolve();
      },
      save: (checkpoint) => {
        step();
        this.checkpoint = structuredClone(checkpoint);
        this.counted += uncounted;
        uncounted = 0;
        step();
        return Promise.resolve();
      },
    };
    const log = { warn: () => undefined, error: () => undefined };
    const dependencies = { open: () => this.#open(), log, now: () => new Date(this.now * 1000) };
    await fetchBlobs(dependencies, run).catch((error: unknown) => {
      if (!(error instanceof KilledError)) throw error;
    });
  }

  #open(): SourceBlobs {
    const { blobs, reads } = this;
    return {
      async *list() {
        yield* [...blobs.values()].map(toListed);
      },
      async *read({ name, etag }) {
        const blob = blobs.get(name);
        if (blob === undefined) return;
        if (toListed(blob).etag !== etag) throw new BlobError('blobRewritten', 'rewritten');
        reads.push(name);
        yield Buffer.from(blob.lines.join('\n'));
        if (blob.isDamaged) throw new BlobError('blobUnreadable', 'damaged');
      },
    };
  }
}

class KilledError extends Error {}

function toListed({ name, version, writtenAt }: StoredBlob): ListedBlob {
  const lastModifiedDateTime = new Date(writtenAt * 1000).toISOString();
  return { name, etag: `"${String(version)}"`, lastModifiedDateTime };
}

function toText(item: SourceItem): string {
  return item.ok ? JSON.stringify(item.event) : item.text;
}

type Step =
  | { readonly kind: 'write'; readonly name: number; readonly lines: number; readonly age: number }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'fetch'; readonly kill: number };

const wait = fc.oneof(
  fc.integer({ min: 0, max: 900 }),
  fc.integer({ min: 3600, max: 3 * DAY_IN_SECONDS }),
);
/** A blob may appear as late as ten minutes after it was written. */
const write = fc.record({
  kind: fc.constant('write' as const),
  name: fc.integer({ min: 0, max: 9999 }),
  lines: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 4 }) }, fc.constant(1100)),
  age: fc.integer({ min: 0, max: 590 }),
});
const stepsWith = (names: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: write.map((each) => ({ ...each, name: each.name % names })),
      },
      {
        weight: 2,
        arbitrary: wait.map((seconds): Step => ({ kind: 'wait', seconds })),
      },
      {
        weight: 3,
        arbitrary: fc.integer({ min: 0, max: 20 }).map((kill): Step => ({ kind: 'fetch', kill })),
      },
    ),
    { maxLength: 40 },
  );

async function play(
  steps: readonly Step[],
  nameOf: (name: number, at: number) => string,
): Promise<World> {
  const world = new World();
  for (const [at, step] of steps.entries()) {
    if (step.kind === 'wait') world.now += step.seconds;
    else if (step.kind === 'fetch') await world.fetch(step.kill);
    else world.write(nameOf(step.name, at), step.lines, { ageInSeconds: step.age });
  }
  await world.fetch();
  return world;
}

describe('the blobs of a source', () => {
  it('are delivered line by line at least once, whatever is written, rewritten or killed', async () => {
    await fc.assert(
      fc.asyncProperty(stepsWith(6), async (steps) => {
        const world = await play(steps, (name) => `blob-${String(name)}`);
        const delivered = new Set(world.delivered);
        const lines = [...world.blobs.values()].flatMap((blob) => blob.lines);
        expect(lines.filter((line) => !delivered.has(line))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are counted once, line by line, if none is rewritten', async () => {
    await fc.assert(
      fc.asyncProperty(stepsWith(9999), async (steps) => {
        const world = await play(steps, (name, at) => `${String(name)}-${String(at)}`);
        const lines = [...world.blobs.values()].flatMap((blob) => blob.lines);
        expect(new Set(world.delivered)).toEqual(new Set(lines));
        expect(world.counted).toBe(lines.length);
      }),
      { numRuns: 300 },
    );
  });

  it('are counted once also if a backlog has more of them than are remembered', async () => {
    const world = new World();
    for (let blob = 0; blob < 1500; blob += 1)
      world.write(`b${String(blob)}`, 1, { ageInSeconds: (1500 - blob) * 60 });
    for (let round = 0; round < 30; round += 1) {
      world.write(`new${String(round)}`, 1);
      await world.fetch(211);
      world.now += 1;
    }
    await world.fetch();
    expect(world.counted).toBe(1530);
    expect(new Set(world.delivered).size).toBe(1530);
  });

  it('are counted once also if more appear in ten minutes than are remembered', async () => {
    const world = new World();
    for (let blob = 0; blob < 2000; blob += 1) {
      world.write(`b${String(blob)}`, 1);
      if (blob % 7 === 0) world.now += 1;
      if (blob % 100 === 0) await world.fetch();
    }
    await world.fetch();
    expect(world.counted).toBe(2000);
  });

  it('are read newest first after a long time', async () => {
    const world = new World();
    for (let day = 20; day >= 0; day -= 1)
      world.write(`day-${String(day)}`, 1, { ageInSeconds: day * DAY_IN_SECONDS });
    await world.fetch();
    expect(world.reads).toEqual(Array.from({ length: 21 }, (_, day) => `day-${String(day)}`));
  });

  it('that are older than Symantec keeps events are left alone', async () => {
    const world = new World();
    world.write('old', 1, { ageInSeconds: 31 * DAY_IN_SECONDS });
    world.write('new', 1);
    await world.fetch();
    expect(world.reads).toEqual(['new']);
  });

  it('hold up no others if one is damaged: what can be read of it counts, and it counts as rejected', async () => {
    const world = new World();
    world.write('a', 1);
    world.write('b', 2, { isDamaged: true });
    world.write('c', 1);
    await world.fetch();
    await world.fetch();
    expect(world.delivered).toEqual(['{"n":1}', '{"n":2}', '{"n":3}', 'b', '{"n":4}']);
    expect(world.reads).toEqual(['a', 'b', 'c']);
  });
});
