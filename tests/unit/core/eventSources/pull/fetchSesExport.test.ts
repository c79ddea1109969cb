import { describe, expect, it } from 'vitest';
import { pullSources } from '../../../../../shared/core/eventSources/pull/pullSources.ts';
import type { OpenAnswer } from '../../../../../shared/core/ports/outgoing.ts';
import type { SourceProgress } from '../../../../../shared/core/ports/eventSources.ts';
import type { Signal } from '../../../../../shared/domain/vocabulary/signal.ts';
import { createPullWorld, sesEvents, type PullWorld } from '../../../../support/pullWorld.ts';
import { sampleSource } from '../../../../support/sampleSource.ts';

const ID = 'sesEventExport';
const RUN_IN_SECONDS = 240;

interface Chunk {
  readonly events: readonly object[];
  readonly next?: string;
}

/** What the export answers to a position. `'gone'`: it has expired. */
type Export = (next: string | undefined) => readonly Chunk[] | 'gone';

function worldOf(answer: Export): PullWorld & { readonly asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const source = sampleSource(ID, {
    endpoint: 'https://ses.example',
    streamId: 's',
    channelId: 'c',
  });
  const world = createPullWorld({ sources: [source], secrets: { [ID]: ['credential'] } });
  const head = (status: number): Omit<OpenAnswer, 'body'> => ({
    status,
    headers: { get: () => null },
  });
  const outgoing = {
    send: () => Promise.resolve({ ...head(200), body: '{"access_token":"token"}' }),
    open({ body = '{}' }: { readonly body?: string }) {
      const { next } = JSON.parse(body) as { readonly next?: string };
      asked.push(next);
      const chunks = answer(next);
      return Promise.resolve(
        chunks === 'gone'
          ? { ...head(410), body: toBody([]) }
          : { ...head(200), body: toBody(chunks) },
      );
    },
    close: () => undefined,
  };
  return Object.assign(world, { outgoing, asked });
}

async function* toBody(chunks: readonly Chunk[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(`${JSON.stringify(chunk)}\n`);
}

function acceptedBy(world: PullWorld): SourceProgress['counts']['accepted'] {
  return world.progressOf(ID).counts.accepted;
}

async function pull(world: PullWorld): Promise<void> {
  await pullSources(world, RUN_IN_SECONDS);
}

describe('The events of an export', () => {
  const all = sesEvents(0, 3000);
  /** Chunks of 1,000; a position is the number of events before it. */
  const from = (next: string | undefined, filler: readonly Chunk[] = []): readonly Chunk[] =>
    [0, 1000, 2000].flatMap((first) =>
      first < Number(next ?? 0)
        ? []
        : [{ events: all.slice(first, first + 1000), next: String(first + 1000) }, ...filler],
    );

  it('are counted once if a position expires that more events precede than are remembered', async () => {
    let isGone = false;
    const world = worldOf((next) => {
      if (isGone && next !== undefined) {
        isGone = false;
        return 'gone';
      }
      return from(next);
    });
    await pull(world);
    expect(acceptedBy(world)).toBe(3000);
    isGone = true;
    await pull(world);

    expect(isGone).toBe(false);
    expect(acceptedBy(world)).toBe(3000);
  });

  it('are counted once also if chunks without events stand between those that come again', async () => {
    let isGone = false;
    const world = worldOf((next) => {
      if (isGone && next !== undefined) {
        isGone = false;
        return 'gone';
      }
      return from(next, [{ events: [] }]);
    });
    await pull(world);
    isGone = true;
    await pull(world);

    expect(isGone).toBe(false);
    expect(acceptedBy(world)).toBe(3000);
  });

  it('are counted once, and fetched once a run, while their chunks have no position', async () => {
    const world = worldOf(() => [{ events: all }]);
    await pull(world);
    expect(world.asked).toHaveLength(1);
    world.advance(60);
    await pull(world);

    expect(world.asked).toHaveLength(2);
    expect(acceptedBy(world)).toBe(3000);
  });

  it('are not read again and again where every position has expired: the source fails', async () => {
    const world = worldOf((next) => (next === undefined ? from(next) : 'gone'));
    await pull(world);

    expect(world.asked.length).toBeLessThan(20);
    expect(world.progressOf(ID).failure).toMatchObject({
      code: 'positionExpired',
      field: 'connection.endpoint',
    });
    expect(acceptedBy(world)).toBe(3000);
  });

  it('come at the bounded rate also after a time without any', async () => {
    const world = worldOf((next) => from(next));
    const { signals } = world;
    let isFirst = true;
    Object.assign(world, {
      signals: {
        send(sent: readonly Signal[]) {
          // The first batch takes a long time.
          if (isFirst) world.advance(100);
          isFirst = false;
          return signals.send(sent);
        },
      },
    });
    await pull(world);

    const paused = world.pauses.reduce((sum, each) => sum + each, 0);
    expect(paused).toBeGreaterThanOrEqual(2000);
  });
});
