import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCosmosEventMailbox } from '../../../../shared/adapters/cosmos/cosmosEventMailbox.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const jtisOf = async (streamId: string, top = 10): Promise<readonly string[]> =>
  (await world.services.mailbox.list(streamId, top)).map(({ jti }) => jti);

describe('an event that waits for a stream', () => {
  it('is listed by position, per stream, up to the requested number', async () => {
    const { mailbox } = world.services;
    await mailbox.put('ordered', { jti: 'second', token: 'b' }, '2');
    await mailbox.put('ordered', { jti: 'first', token: 'a' }, '1');
    await mailbox.put('other', { jti: 'elsewhere', token: 'c' }, '0');
    expect(await mailbox.list('ordered', 10)).toEqual([
      { jti: 'first', token: 'a' },
      { jti: 'second', token: 'b' },
    ]);
    expect(await jtisOf('ordered', 1)).toEqual(['first']);
  });

  it('keeps its position and token if it is put again', async () => {
    const { mailbox } = world.services;
    await mailbox.put('repeated', { jti: 'x', token: 'first' }, '1');
    await mailbox.put('repeated', { jti: 'y', token: 'other' }, '2');
    await mailbox.put('repeated', { jti: 'x', token: 'again' }, '3');
    expect(await mailbox.list('repeated', 10)).toEqual([
      { jti: 'x', token: 'first' },
      { jti: 'y', token: 'other' },
    ]);
  });

  it('stays removed if it is removed again', async () => {
    const { mailbox } = world.services;
    await mailbox.put('removed', { jti: 'x', token: 'a' }, '1');
    await mailbox.remove('removed', ['x']);
    await mailbox.remove('removed', ['x']);
    expect(await jtisOf('removed')).toEqual([]);
  });

  it('is never confused with a subject of the same name', async () => {
    const { mailbox } = world.services;
    const name = 'subject:device:phone-1';
    await mailbox.put('named', { jti: name, token: 'a' }, '1');
    expect(await mailbox.isExcludedSubject('named', name)).toBe(false);
    await mailbox.excludeSubject('named', name);
    await mailbox.remove('named', [name]);
    expect([await mailbox.isExcludedSubject('named', name), await jtisOf('named')]).toEqual([
      true,
      [],
    ]);
    await mailbox.includeSubject('named', name);
    await mailbox.includeSubject('named', name);
    expect(await mailbox.isExcludedSubject('named', name)).toBe(false);
  });
});

const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;

/** How often each kind of request reached the container during `work`. */
async function requestsDuring(
  work: () => Promise<unknown>,
): Promise<Readonly<Record<string, number>>> {
  const before = world.cosmos.counters();
  await work();
  const counted = Object.entries(world.cosmos.counters()).map(([name, { count }]) => [
    name,
    count - (before[name]?.count ?? 0),
  ]);
  return Object.fromEntries(counted.filter(([, count]) => count !== 0)) as Record<string, number>;
}

async function itemsOf(streamId: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { resources } = await world.database
    .container('events')
    .items.readAll<Record<string, unknown>>({ partitionKey: `eventStream:${streamId}` })
    .fetchAll();
  return resources;
}

async function putMany(streamId: string, count: number): Promise<readonly string[]> {
  const jtis = Array.from({ length: count }, (_, at) => String(at).padStart(4, '0'));
  for (const jti of jtis) await world.services.mailbox.put(streamId, { jti, token: 'a' }, jti);
  return jtis;
}

describe('removing events', () => {
  it('takes one request for each hundred', async () => {
    const jtis = await putMany('many', 130);
    expect(await world.services.mailbox.listIds('many', 200)).toEqual(jtis);
    const remove = (): Promise<void> => world.services.mailbox.remove('many', jtis);
    expect(await requestsDuring(remove)).toEqual({ 'events/batch': 2 });
    expect(await jtisOf('many')).toEqual([]);
  });

  it('removes the others if another request has removed some already', async () => {
    const jtis = await putMany('raced', 5);
    await world.services.mailbox.remove('raced', jtis.slice(1, 2));
    await world.services.mailbox.remove('raced', jtis);
    expect(await jtisOf('raced')).toEqual([]);
  });

  it('fails while the database does, so the receiver acknowledges again', async () => {
    const jtis = await putMany('failing', 2);
    world.cosmos.faults.add({ kind: 'status', status: 503, container: 'events' });
    await expect(world.services.mailbox.remove('failing', jtis)).rejects.toMatchObject({
      code: 'serviceNotAvailable',
    });
    world.cosmos.faults.clear();
    expect(await jtisOf('failing')).toEqual(jtis);
  });
});

describe('what a stream leaves', () => {
  it('is nothing, however many events and subjects it had', async () => {
    const { mailbox } = world.services;
    await putMany('left', 130);
    for (let at = 0; at < 130; at += 1)
      await mailbox.excludeSubject('left', `subject:device:${String(at)}`);
    await mailbox.excludeSubject('stays', 'subject:device:0');
    expect(await mailbox.countExcludedSubjects('left')).toBe(130);
    await mailbox.clear('left');
    await mailbox.clear('left');
    expect(await itemsOf('left')).toEqual([]);
    expect(await mailbox.countExcludedSubjects('stays')).toBe(1);
  });

  it('expires if its deletion was interrupted', async () => {
    const { mailbox } = world.services;
    await mailbox.put('expiring', { jti: 'x', token: 'a' }, '1');
    await mailbox.excludeSubject('expiring', 'subject:device:x');
    const items = await itemsOf('expiring');
    expect(items.map(({ ttl }) => Number(ttl) > 0)).toEqual([true, true]);
  });

  it('does not expire while it is in use: a removed subject is renewed once a month', async () => {
    const subject = 'subject:device:used';
    await world.services.mailbox.excludeSubject('used', subject);
    const ask = (days: number): Promise<Readonly<Record<string, number>>> => {
      const at = new Date(Date.now() + days * DAY_IN_MILLISECONDS);
      const mailbox = createCosmosEventMailbox(world.database, () => at);
      return requestsDuring(async () =>
        expect(await mailbox.isExcludedSubject('used', subject)).toBe(true),
      );
    };
    expect(await ask(29)).toEqual({ 'events/read': 1 });
    expect(await ask(31)).toEqual({ 'events/read': 1, 'events/upsert': 1 });
  });

  it('expires too if an earlier version stored a subject that never did', async () => {
    const subject = 'subject:user:Z3JhY2VAY29udG9zby5leGFtcGxl';
    const stored = { id: subject, deviceId: 'eventStream:earlier', ttl: -1 };
    await world.database.container('events').items.create(stored);
    expect(await world.services.mailbox.isExcludedSubject('earlier', subject)).toBe(true);
    expect((await itemsOf('earlier')).map(({ ttl }) => Number(ttl) > 0)).toEqual([true]);
  });
});
