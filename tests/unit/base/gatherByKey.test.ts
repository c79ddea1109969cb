import { expect, it } from 'vitest';
import { gatherByKey } from '../../../shared/base/gatherByKey.ts';

it('runs once at a time for a key, and values that arrive meanwhile share the next run', async () => {
  const runs: string[] = [];
  const first = Promise.withResolvers<undefined>();
  const add = gatherByKey<number>(async (key, values) => {
    runs.push(`${key}: ${values.join(' ')}`);
    if (runs.length === 1) await first.promise;
  });
  const added = [add('a', 1)];
  await Promise.resolve();
  await Promise.resolve();
  added.push(add('a', 2), add('a', 3), add('b', 4));
  await added.at(-1);
  expect(runs).toEqual(['a: 1', 'b: 4']);
  first.resolve(undefined);
  await Promise.all(added);
  expect(runs).toEqual(['a: 1', 'b: 4', 'a: 2 3']);
});

it('rejects only for the values of the run that failed, and runs again', async () => {
  const add = gatherByKey<string>(async (_, values) => {
    await Promise.resolve();
    if (values.includes('bad')) throw new Error('bad');
  });
  const failed = add('a', 'bad');
  await Promise.resolve();
  await Promise.resolve();
  const others = add('a', 'good');
  await expect(failed).rejects.toThrow('bad');
  await expect(others).resolves.toBeUndefined();
  await expect(add('a', 'good')).resolves.toBeUndefined();
});
