import { describe, expect, it } from 'vitest';
import { NO_SYSTEM, useAzure, type Typed } from '../../../../support/azureStandIn.ts';
import type { CommandOutcome } from '../../../../support/commandIo.ts';

const standIn = useAzure(NO_SYSTEM, 'mtd');

const up = (words: readonly string[] = [], typed: Typed = {}): Promise<CommandOutcome> =>
  standIn.deploy(['up', '--location', 'westeurope', '--no-smoke', ...words], {
    secrets: standIn.allSecrets(),
    ...typed,
  });

describe('a secret that replaces one in the vault', () => {
  const upWith = (keys: string): Promise<CommandOutcome> =>
    up([], { secrets: new Map([['message-keys', keys]]) });

  it('is named before anything is made, with what happens to what the old one has signed', async () => {
    expect((await up()).err).not.toContain('replaces');
    expect((await up()).err).not.toContain('replaces');
    const { code, err } = await upWith('another');
    expect([code, err]).toEqual([
      0,
      expect.stringContaining(
        'message-keys replaces a different one in the vault, without overlap',
      ),
    ]);
    expect(err).toContain('the messages that wait become dead letters; infra/ops/README.md#rotate');
    expect(err.indexOf('replaces')).toBeLessThan(err.indexOf('[2/8]'));
    expect(err).not.toContain('another\n');
    expect((await upWith('another next')).err).toContain('in the vault, and keeps its keys');
  });

  it('is named without comparing it where the vault is closed', async () => {
    expect((await up([], { stage: 'prod' })).code).toBe(0);
    const { code, err } = await up([], { stage: 'prod' });
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('nac-keys replaces the one in the vault, which you cannot read'),
    ]);
  });
});
