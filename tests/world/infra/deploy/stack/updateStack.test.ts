import { describe, expect, it } from 'vitest';
import { NO_SYSTEM, useAzure, type Typed } from '../../../../support/azureStandIn.ts';
import type { CommandOutcome } from '../../../../support/commandIo.ts';

const standIn = useAzure(NO_SYSTEM, 'mtd');

const up = (words: readonly string[] = [], typed: Typed = {}): Promise<CommandOutcome> =>
  standIn.deploy(['up', '--location', 'westeurope', '--no-smoke', ...words], {
    secrets: standIn.allSecrets(),
    ...typed,
  });

describe('two runs at once', () => {
  it.each([
    ['the first ones', false, 1],
    ['with --force', true, 3],
  ])('%s: one waits for the other, and both succeed', async (_, isForced, writes) => {
    if (isForced) expect((await up()).code).toBe(0);
    const words = isForced ? ['--force'] : [];
    const both = await Promise.all([up(words), up(words)]);
    expect(both.map(({ code, err }) => [code, code === 0 ? '' : err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(standIn.azure.state.stackWrites).toBe(writes);
    if (!isForced) expect(both.map(({ err }) => err).join('')).toContain('has written the same');
  });

  it('a package waits for another one that the app takes', async () => {
    standIn.azure.faults.busyPackages = 2;
    const { code, err } = await up();
    expect([code, err]).toEqual([0, expect.stringContaining('answered 409: "There is a')]);
    expect(standIn.azure.packages).toHaveLength(1);
  });
});
