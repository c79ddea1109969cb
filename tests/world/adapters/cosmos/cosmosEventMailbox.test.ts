import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    await mailbox.remove('removed', 'x');
    await mailbox.remove('removed', 'x');
    expect(await jtisOf('removed')).toEqual([]);
  });

  it('is never confused with a subject of the same name', async () => {
    const { mailbox } = world.services;
    const name = 'subject:device:phone-1';
    await mailbox.put('named', { jti: name, token: 'a' }, '1');
    expect(await mailbox.isExcludedSubject('named', name)).toBe(false);
    await mailbox.excludeSubject('named', name);
    await mailbox.remove('named', name);
    expect([await mailbox.isExcludedSubject('named', name), await jtisOf('named')]).toEqual([
      true,
      [],
    ]);
    await mailbox.includeSubject('named', name);
    await mailbox.includeSubject('named', name);
    expect(await mailbox.isExcludedSubject('named', name)).toBe(false);
  });
});
