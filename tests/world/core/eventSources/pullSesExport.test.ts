import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SesFault } from '../../../../infra/local/ses/sesFaults.ts';
import { startSesServer, type SesServer } from '../../../../infra/local/ses/startSesServer.ts';
import { pullSources } from '../../../../shared/core/eventSources/pull/pullSources.ts';
import type { EventSource } from '../../../../shared/domain/vocabulary/eventSource.ts';
import type { SourceProgress } from '../../../../shared/core/ports/eventSources.ts';
import {
  createPullWorld,
  sesEvents,
  toSesEvent,
  type PullWorld,
} from '../../../support/pullWorld.ts';
import { sampleSource } from '../../../support/sampleSource.ts';

const ID = 'sesEventExport';
const CREDENTIAL = 'credential-of-a-client-application';
const RUN_IN_SECONDS = 240;

let server: SesServer;
let world: PullWorld;

beforeEach(async () => {
  server = await startSesServer({
    credential: CREDENTIAL,
    streamId: 's',
    channelId: 'c',
    eventsAChunk: 4,
    chunksAnAnswer: 3,
  });
  world = worldOf(sourceAt(server.address));
});
afterEach(async () => {
  world.outgoing.close();
  await server.stop();
});

function sourceAt(endpoint: string): EventSource {
  return sampleSource(ID, { endpoint, streamId: 's', channelId: 'c' });
}

function worldOf(
  source: EventSource,
  secrets: readonly string[] = [CREDENTIAL],
  allowedNetworks?: readonly string[],
): PullWorld {
  const networks = allowedNetworks === undefined ? {} : { allowedNetworks };
  return createPullWorld({ sources: [source], secrets: { [ID]: secrets }, ...networks });
}

/** Fetches until nothing is left. The stream is not kept open: an event ends the wait, and it is known already. */
async function pull(events: readonly object[] = []): Promise<void> {
  if (events.length > 0) server.append(events);
  const pulling = pullSources(world, RUN_IN_SECONDS);
  const timer = setInterval(() => server.append([]), 5);
  await pulling.finally(() => clearInterval(timer));
}

/** The numbers of the events whose signals the queue has, each once. */
function threats(): ReadonlySet<string> {
  return new Set(
    world.queued.flatMap((signal) =>
      signal.type === 'incidentReported' ? [signal.incident.incidentId] : [],
    ),
  );
}

function failure(): SourceProgress['failure'] {
  return world.progressOf(ID).failure;
}

describe('the event export of Symantec Endpoint Security', () => {
  it('is read to its end and counted, and read on from there', async () => {
    await pull(sesEvents(0, 30));
    expect(threats().size).toBe(30);
    expect(world.progressOf(ID)).toMatchObject({ counts: { accepted: 30, rejected: 0 } });
    expect(world.progressOf(ID).lease).toBeUndefined();
    expect(world.progressOf(ID).lastSuccessDateTime).toBeDefined();
    await pull(sesEvents(30, 33));
    expect(world.progressOf(ID).counts.accepted).toBe(33);
    expect(threats().size).toBe(33);
  });

  it('begins each answer with events that were read: they are dropped', async () => {
    await pull(sesEvents(0, 30));
    const before = world.queued.length;
    await pull();
    expect(world.queued.length).toBe(before);
    expect(world.progressOf(ID).counts.accepted).toBe(30);
  });

  it('gets a new token when the old one expires within a run', async () => {
    server.append(sesEvents(0, 30));
    world.beforeCall = (call) => {
      if (call === 'send' && world.queued.length === 0) server.expireTokens();
    };
    await pull();
    expect(world.progressOf(ID).counts.accepted).toBe(30);
    expect(server.counts['200 tokens']).toBe(2);
    expect(failure()).toBeUndefined();
  });

  it('begins again where its position has expired: what was missed is read, and nothing is counted twice', async () => {
    await pull(sesEvents(0, 30));
    server.expirePositions();
    await pull(sesEvents(30, 40));
    expect(threats().size).toBe(40);
    expect(world.progressOf(ID).counts.accepted).toBe(40);
    expect(world.logged.join('\n')).toContain('its position has expired');
    // What comes later counts as before.
    await pull([...sesEvents(40, 45), toSesEvent(99, { time: '2025-12-19T00:00:00Z' })]);
    expect(world.progressOf(ID).counts.accepted).toBe(46);
  });

  it('goes on after a cut connection where the last chunk ended', async () => {
    for (let cut = 0; cut < 3; cut += 1) server.addFault('cut');
    await pull(sesEvents(0, 60));
    expect(threats().size).toBe(60);
    expect(world.progressOf(ID).counts.accepted).toBe(60);
    expect(failure()).toBeUndefined();
  });

  it('is the same if it is not packed and its events are cut anywhere', async () => {
    const plain = { ...world.outgoing };
    const unpacked: PullWorld = Object.assign(world, {
      outgoing: {
        ...plain,
        open: (request: Parameters<typeof plain.open>[0]) =>
          plain.open({
            ...request,
            headers: { ...request.headers, 'accept-encoding': 'identity' },
          }),
      },
    });
    world = unpacked;
    await pull(sesEvents(0, 30));
    expect(world.progressOf(ID).counts.accepted).toBe(30);
  });

  it('loses nothing and counts nothing twice, wherever the worker dies', async () => {
    server.append(sesEvents(0, 30));
    for (let step = 0; world.progressOf(ID).lastSuccessDateTime === undefined; step += 1) {
      let calls = 0;
      world.beforeCall = () => {
        calls += 1;
        if (calls > step) throw new Error('killed');
      };
      await pull();
      // The lease of the dead worker ends, and so does the pause after its failure.
      world.advance(24 * 60 * 60);
      expect(step).toBeLessThan(40);
    }
    expect(threats().size).toBe(30);
    expect(world.progressOf(ID).counts.accepted).toBe(30);
  });

  it('is fetched by one worker at a time', async () => {
    const untilDateTime = new Date(world.now().getTime() + 1000).toISOString();
    world.setProgress(ID, { lease: { owner: 'another', untilDateTime } });
    server.append(sesEvents(0, 3));
    expect(await pullSources(world, RUN_IN_SECONDS)).toEqual([{ state: 'busy', events: 0 }]);
    world.advance(2);
    await pull();
    expect(world.progressOf(ID).counts.accepted).toBe(3);
  });

  it('is left alone by a worker that has lost its lease', async () => {
    server.append(sesEvents(0, 30));
    world.beforeCall = (call) => {
      if (call === 'send')
        world.setProgress(ID, { lastAttemptDateTime: world.now().toISOString() });
    };
    expect(await pullSources(world, RUN_IN_SECONDS)).toMatchObject([{ state: 'busy' }]);
    expect(world.progressOf(ID).counts.accepted).toBe(0);
  });

  it('is asked again after a pause that doubles, and not before', async () => {
    const states: string[] = [];
    const waits: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      server.addFault('unavailable');
      const [outcome] = await pullSources(world, RUN_IN_SECONDS);
      states.push(outcome?.state ?? '', (await pullSources(world, RUN_IN_SECONDS))[0]?.state ?? '');
      const due = Date.parse(world.progressOf(ID).nextAttemptDateTime ?? '');
      waits.push((due - world.now().getTime()) / 1000);
      world.advance(waits.at(-1) ?? 0);
    }
    expect(states).toEqual(Array.from({ length: 4 }, () => ['failed', 'waiting']).flat());
    expect(waits).toEqual([7.5, 15, 30, 60]);
    expect(failure()).toMatchObject({ code: 'sourceBusy', count: 4 });
    await pull(sesEvents(0, 3));
    expect(failure()).toBeUndefined();
  });

  it('is not asked again before it wants to be', async () => {
    server.addFault('busy');
    await pullSources(world, RUN_IN_SECONDS);
    const due = Date.parse(world.progressOf(ID).nextAttemptDateTime ?? '');
    expect((due - world.now().getTime()) / 1000).toBe(7.5);
  });

  it('is fetched at a bounded rate', async () => {
    const start = world.now().getTime();
    await pull(sesEvents(0, 2000));
    expect(world.now().getTime() - start).toBeGreaterThanOrEqual(2000);
  });
});

describe('a source that cannot be fetched', () => {
  it.each<[SesFault, string, string]>([
    ['unavailable', 'sourceBusy', 'connection.endpoint'],
    ['moved', 'endpointMoved', 'connection.endpoint'],
    ['expiredToken', 'secretInvalid', 'authentication'],
  ])('is a failure with the field at fault: %s', async (fault, code, field) => {
    server.addFault(fault);
    await pull();
    expect(failure()).toMatchObject({ code, field, count: 1 });
  });

  it('names the secret if it is wrong, or missing', async () => {
    world = worldOf(sourceAt(server.address), ['wrong']);
    await pull();
    expect(failure()).toMatchObject({ code: 'secretInvalid', field: 'authentication' });
    expect(JSON.stringify([failure(), world.logged])).not.toContain('wrong');
    world = worldOf(sourceAt(server.address), []);
    await pull();
    expect(failure()).toMatchObject({ code: 'secretMissing', field: 'authentication' });
  });

  it('takes the second of two secrets during a rotation', async () => {
    world = worldOf(sourceAt(server.address), ['old', CREDENTIAL]);
    await pull(sesEvents(0, 3));
    expect(world.progressOf(ID).counts.accepted).toBe(3);
  });

  it('names the endpoint if it is in a private network, or away', async () => {
    world = worldOf(sourceAt(server.address), [CREDENTIAL], []);
    await pull();
    expect(failure()).toMatchObject({ code: 'addressRefused', field: 'connection.endpoint' });
    expect(server.counts).toEqual({});
    world = worldOf(sourceAt('http://127.0.0.1:9'));
    await pull();
    expect(failure()).toMatchObject({ code: 'unreachable', field: 'connection.endpoint' });
  });

  it('names the stream that Symantec does not know', async () => {
    world = worldOf({
      ...sourceAt(server.address),
      connection: { endpoint: server.address, streamId: 'x', channelId: 'c' },
    });
    await pull();
    expect(failure()).toMatchObject({ code: 'streamUnknown', field: 'connection.streamId' });
  });

  it('holds up no other one', async () => {
    const good = { ...sourceAt(server.address), id: 'good' };
    const bad = { ...sourceAt('http://127.0.0.1:9'), id: 'bad' };
    const secrets = { good: [CREDENTIAL], bad: [CREDENTIAL] };
    world = createPullWorld({ sources: [bad, good], secrets });
    await pull(sesEvents(0, 3));
    expect(world.progressOf('good').counts.accepted).toBe(3);
    expect(world.progressOf('bad').failure).toMatchObject({ code: 'unreachable' });
  });
});
