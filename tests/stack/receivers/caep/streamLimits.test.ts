import { randomUUID } from 'node:crypto';
import { CosmosClient } from '@azure/cosmos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { defined } from '../../../../shared/base/defined.ts';
import { createCosmosEventMailbox } from '../../../../shared/adapters/cosmos/cosmosEventMailbox.ts';
import type { EventMailbox } from '../../../../shared/core/ports/publications.ts';
import { DATABASE_NAME, EVENTS_CONTAINER } from '../../../../shared/resources.ts';
import { eventually } from '../../../support/eventually.ts';
import { quietStack } from '../../../support/sharedStacks.ts';

const system = quietStack();
let client: CosmosClient;
let mailbox: EventMailbox;
beforeAll(() => {
  client = new CosmosClient({
    ...system.stack.description.cosmos,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  mailbox = createCosmosEventMailbox(client.database(DATABASE_NAME), () => new Date());
});
afterAll(() => client.dispose());

/** A receiver with a stream of its own. */
interface Receiver {
  readonly id: string;
  readonly call: (method: string, path: string, json?: object) => Promise<Answer>;
  readonly poll: (json?: object) => Promise<Answer>;
}

async function newReceiver(): Promise<Receiver> {
  const token = await system.sign({ azp: randomUUID(), roles: ['ssf.manage'] });
  const call: Receiver['call'] = (method, path, json) =>
    system.client.request(method, `ssf/${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ...defined({ json }),
    });
  const { body } = await call('POST', 'streams', { events_requested: [] });
  const id = String(body['stream_id']);
  return {
    id,
    call,
    poll: (json = {}) => call('POST', `poll/${id}`, { returnImmediately: true, ...json }),
  };
}

async function put(id: string, count: number): Promise<readonly string[]> {
  const jtis = Array.from({ length: count }, (_, at) => `jti-${String(at).padStart(3, '0')}`);
  for (const jti of jtis) await mailbox.put(id, { jti, token: 'a' }, jti);
  return jtis;
}

const jtisIn = ({ body }: Answer): readonly string[] => Object.keys(body['sets'] as object);

describe('an acknowledgement', () => {
  it('removes the events that were shown, and no others', async () => {
    const { id, poll } = await newReceiver();
    const jtis = await put(id, 250);
    const shown = await poll();
    expect(jtisIn(shown)).toEqual(jtis.slice(0, 100));
    // The last one was never shown, and the made-up ones do not exist.
    const ack = [...jtisIn(shown), jtis.at(-1) ?? '', 'made-up', 'a/b', '..'];
    expect(jtisIn(await poll({ ack }))).toEqual(jtis.slice(100, 200));
    expect(await mailbox.listIds(id, 300)).toEqual(jtis.slice(100));
  });

  it('of made-up events costs one query', async () => {
    const { poll } = await newReceiver();
    const before = await eventRequests();
    expect((await poll({ ack: Array.from({ length: 500 }, () => randomUUID()) })).status).toBe(200);
    const after = await eventRequests();
    // One for the events that were shown, one for those to show.
    expect(after.query - before.query).toBe(2);
    expect([after.delete - before.delete, after.batch - before.batch]).toEqual([0, 0]);
  });
});

interface EventRequests {
  readonly query: number;
  readonly delete: number;
  readonly batch: number;
}

async function eventRequests(): Promise<EventRequests> {
  const { endpoint, key } = system.stack.description.cosmos;
  const response = await fetch(`${endpoint}/_local/counters`, { headers: { 'x-local-key': key } });
  const counters = (await response.json()) as Record<string, { readonly count: number }>;
  const count = (operation: string): number => counters[`events/${operation}`]?.count ?? 0;
  return { query: count('query'), delete: count('delete'), batch: count('batch') };
}

describe('polls that wait', () => {
  it('are one for each stream; a second gets 429, and one that does not wait an answer', async () => {
    const { id, poll } = await newReceiver();
    const other = await newReceiver();
    const many = Array.from({ length: 20 }, () => poll({ returnImmediately: false }));
    const statuses: number[] = [];
    for (const each of many) void each.then(({ status }) => statuses.push(status));
    await eventually(
      () => Promise.resolve(statuses.length),
      (count) => count === 19,
    );
    expect(new Set(statuses)).toEqual(new Set([429]));
    expect((await poll()).status).toBe(200);
    const elsewhere = other.poll({ returnImmediately: false });
    await put(id, 1);
    await put(other.id, 1);
    const answers = await Promise.all(many);
    expect(answers.filter(({ status }) => status === 200).map(jtisIn)).toEqual([['jti-000']]);
    for (const { status, headers } of answers.filter((each) => each.status !== 200))
      expect([status, headers.get('retry-after')]).toEqual([429, '5']);
    expect((await elsewhere).status).toBe(200);
    expect(jtisIn(await poll({ returnImmediately: false }))).toEqual(['jti-000']);
  });
});

describe('a deleted stream', () => {
  const itemsOf = async (id: string): Promise<readonly unknown[]> =>
    (
      await client
        .database(DATABASE_NAME)
        .container(EVENTS_CONTAINER.id)
        .items.readAll({ partitionKey: `eventStream:${id}` })
        .fetchAll()
    ).resources;

  it('leaves no event and no removed subject behind', async () => {
    const { id, call } = await newReceiver();
    await put(id, 3);
    const subjects = [
      { format: 'email', email: 'grace.hopper@contoso.example' },
      { format: 'opaque', id: randomUUID() },
    ];
    for (const subject of subjects)
      expect((await call('POST', 'subjects/remove', { stream_id: id, subject })).status).toBe(204);
    expect(await itemsOf(id)).toHaveLength(5);
    expect((await call('DELETE', `streams?stream_id=${id}`)).status).toBe(204);
    expect(await itemsOf(id)).toEqual([]);
    const subject = subjects[0];
    expect((await call('POST', 'subjects/remove', { stream_id: id, subject })).status).toBe(404);
    expect(await itemsOf(id)).toEqual([]);
  });

  it('can be deleted again after a failure of the database', async () => {
    const { id, call } = await newReceiver();
    await put(id, 3);
    await system.fail({ kind: 'status', status: 503, container: EVENTS_CONTAINER.id });
    expect((await call('DELETE', `streams?stream_id=${id}`)).status).toBe(503);
    await system.mend();
    expect((await call('DELETE', `streams?stream_id=${id}`)).status).toBe(204);
    expect(await itemsOf(id)).toEqual([]);
  });
});

describe('the removed subjects of a stream', () => {
  it('are limited, and one of them can be removed again', async () => {
    const { id, call } = await newReceiver();
    const container = client.database(DATABASE_NAME).container(EVENTS_CONTAINER.id);
    const ids = Array.from({ length: 10_000 }, (_, at) => `subject:device:s-${String(at)}`);
    for (let at = 0; at < ids.length; at += 100)
      await container.items.batch(
        ids.slice(at, at + 100).map((each) => ({
          operationType: 'Create' as const,
          resourceBody: { id: each, deviceId: `eventStream:${id}`, ttl: 1000 },
        })),
        `eventStream:${id}`,
      );
    const remove = async (deviceId: string): Promise<Answer> =>
      call('POST', 'subjects/remove', {
        stream_id: id,
        subject: { format: 'opaque', id: deviceId },
      });
    const { status, text } = await remove('one-more');
    expect([status, text]).toEqual([409, expect.stringContaining('10000') as string]);
    expect((await remove('s-7')).status).toBe(204);
    const subject = { format: 'opaque', id: 's-7' };
    expect((await call('POST', 'subjects/add', { stream_id: id, subject })).status).toBe(200);
    expect((await remove('one-more')).status).toBe(204);
  });
});
