import { beforeEach, describe, expect, it } from 'vitest';
import { NO_SYSTEM, PARAMETERS, useAzure } from '../../../../support/azureStandIn.ts';
import type { CommandOutcome } from '../../../../support/commandIo.ts';

const standIn = useAzure(NO_SYSTEM, 'mtd');

const up = (databaseAccount: string, command = 'up'): Promise<CommandOutcome> =>
  standIn.deploy([command, '--location', 'westeurope', '--no-smoke'], {
    parameters: { ...PARAMETERS, databaseAccount },
    secrets: standIn.allSecrets(),
  });

beforeEach(async () => {
  const { err, code } = await up('');
  if (code !== 0) throw new Error(err);
});

it('a misspelt account is named, and none is made', async () => {
  standIn.restoreDatabase('mtd-restored');
  const { resources } = standIn.azure.state;
  const before = [...resources.keys()];
  const { code, err } = await up('mtd-restord');
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('there is no account `mtd-restord` in the group `mtd`'),
  ]);
  expect(err).toContain('az cosmosdb list --subscription');
  expect([...resources.keys()]).toEqual(before);
  expect((await up('mtd-restored')).code).toBe(0);
});

it('what-if names it as well', async () => {
  const { code, err } = await up('mtd-restord', 'what-if');
  expect([code, err]).toEqual([0, expect.stringContaining('there is no account `mtd-restord`')]);
});

it('an account that was deleted since is named in a later deployment that keeps it', async () => {
  standIn.restoreDatabase('mtd-restored');
  expect((await up('mtd-restored')).code).toBe(0);
  const { resources } = standIn.azure.state;
  for (const [id, { name }] of resources) if (name === 'mtd-restored') resources.delete(id);
  const { code, err } = await standIn.deploy(['up', '--no-smoke']);
  expect([code, err]).toEqual([1, expect.stringContaining('there is no account `mtd-restored`')]);
  expect(err).toContain('--parameters databaseAccount= takes the own one');
});

it.each(['BAD name/..', 'ab', 'a'.repeat(45), 'Mtd-Restored'])(
  '`%s` cannot be the name of an account, which is a usage error',
  async (name) => {
    const { code, err } = await up(name);
    expect([code, err]).toEqual([2, expect.stringContaining('3 to 44 small letters')]);
  },
);

describe('in production, an account that Azure restored without zones', () => {
  const prod = (parameters: Readonly<Record<string, string>> = {}): Promise<CommandOutcome> =>
    standIn.deploy(['up', '--location', 'westeurope', '--no-smoke'], {
      stage: 'prod',
      parameters: { ...PARAMETERS, ...parameters },
      secrets: standIn.allSecrets(),
    });

  it('is named unless the parameters say so, and stays without zones in later deployments', async () => {
    expect((await prod()).code).toBe(0);
    standIn.restoreDatabase('mtd-restored');
    const refused = await prod({ databaseAccount: 'mtd-restored' });
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('add --parameters databaseZoneRedundant=false'),
    ]);
    const restored = { databaseAccount: 'mtd-restored', databaseZoneRedundant: 'false' };
    expect((await prod(restored)).code).toBe(0);
    const later = await prod({ operatorsEmail: 'night@contoso.example' });
    expect([later.code, later.err]).toEqual([
      0,
      expect.stringContaining('databaseZoneRedundant stays false'),
    ]);
  });

  it('the own account cannot change its zones either, says Azure', async () => {
    expect((await prod()).code).toBe(0);
    const { code, err } = await prod({ databaseZoneRedundant: 'false' });
    expect([code, err]).toEqual([1, expect.stringContaining('zone redundancy of an existing')]);
  });
});
