import { beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../../../infra/local/arm/apps.ts';
import { NO_SYSTEM, PARAMETERS, useAzure } from '../../../../support/azureStandIn.ts';
import type { CommandOutcome } from '../../../../support/commandIo.ts';

const standIn = useAzure(NO_SYSTEM, 'mtd');

const up = (
  parameters: Readonly<Record<string, string>> = {},
  ...words: readonly string[]
): Promise<CommandOutcome> =>
  standIn.deploy(['up', '--location', 'westeurope', '--no-smoke', ...words], {
    parameters: { ...PARAMETERS, ...parameters },
    secrets: standIn.allSecrets(),
  });

/** The app, as it is in Azure. */
function live(): App {
  const [app] = standIn.azure.state.apps.values();
  if (app === undefined) throw new TypeError('there is no app');
  return app;
}

/** Sets app settings by hand. */
function setByHand(settings: Readonly<Record<string, string>>): void {
  live().settings = new Map([...live().settings, ...Object.entries(settings)]);
}

const endpointOf = (account: string): string => `https://${account}.documents.azure.com:443/`;
const usedDatabase = (): string => live().settings.get('CosmosDbConnection__accountEndpoint') ?? '';

/** Another version of the parameters, so that the stack is written. */
const CHANGED = { operatorsEmail: 'night@contoso.example' };

beforeEach(async () => {
  const { err, code } = await up();
  if (code !== 0) throw new Error(err);
});

describe('settings that somebody has set by hand', () => {
  it('stop a deployment that would remove them, by name and without their values', async () => {
    setByHand({ DECISIONS_PER_SECOND: '20', TRUSTED_PROXIES: 'hidden' });
    const { code, err } = await up(CHANGED);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('DECISIONS_PER_SECOND, TRUSTED_PROXIES'),
    ]);
    expect(err).toContain(
      `--parameters extraSettings='{"DECISIONS_PER_SECOND":"…","TRUSTED_PROXIES":"…"}' keeps them`,
    );
    expect(err).not.toContain('hidden');
    expect(standIn.azure.state.stackWrites).toBe(1);
  });

  it('do not matter to a deployment that writes no stack', async () => {
    setByHand({ DECISIONS_PER_SECOND: '20' });
    expect((await up()).code).toBe(0);
    expect((await up({}, '--force')).code).toBe(1);
  });

  it('are removed with --replace-settings', async () => {
    setByHand({ DECISIONS_PER_SECOND: '20' });
    expect((await up(CHANGED, '--replace-settings')).code).toBe(0);
    expect(live().settings.has('DECISIONS_PER_SECOND')).toBe(false);
  });
});

describe('extraSettings', () => {
  it('are set, replace a setting of the template, and stay in later deployments', async () => {
    const extraSettings = '{"DECISIONS_PER_SECOND":"20","REEVALUATION_SCHEDULE":"0 * * * * *"}';
    expect((await up({ extraSettings })).code).toBe(0);
    const later = await up(CHANGED);
    expect(later.err).toContain('extraSettings stays DECISIONS_PER_SECOND, REEVALUATION_SCHEDULE');
    expect([later.code, live().settings.get('DECISIONS_PER_SECOND')]).toEqual([0, '20']);
    expect(live().settings.get('REEVALUATION_SCHEDULE')).toBe('0 * * * * *');
  });

  it('go once they are named without a setting, for that is on purpose', async () => {
    const both = '{"DECISIONS_PER_SECOND":"20","WEBHOOKS_PER_SECOND":"30"}';
    expect((await up({ extraSettings: both })).code).toBe(0);
    expect((await up({ extraSettings: '{"WEBHOOKS_PER_SECOND":"30"}' })).code).toBe(0);
    expect(live().settings.has('DECISIONS_PER_SECOND')).toBe(false);
    expect(live().settings.get('WEBHOOKS_PER_SECOND')).toBe('30');
    expect((await up({ extraSettings: '{}' })).code).toBe(0);
    expect(live().settings.has('WEBHOOKS_PER_SECOND')).toBe(false);
  });

  it('go, but not what somebody has set by hand beside them', async () => {
    expect((await up({ extraSettings: '{"DECISIONS_PER_SECOND":"20"}' })).code).toBe(0);
    setByHand({ TRUSTED_PROXIES: 'hidden' });
    const { code, err } = await up({ extraSettings: '{}' });
    expect([code, err]).toEqual([1, expect.stringContaining("the app's settings TRUSTED_PROXIES")]);
  });

  it('are those of the app in another case, too', async () => {
    setByHand({ decisions_per_second: '20' });
    expect((await up({ extraSettings: '{"DECISIONS_PER_SECOND":"20"}' })).code).toBe(0);
  });

  it('that the app cannot have are named before Azure is asked', async () => {
    const { code, err } = await up({ extraSettings: '{"token_issuer":"https://elsewhere"}' });
    expect([code, err]).toEqual([2, expect.stringContaining('`TOKEN_ISSUER` of the template')]);
    expect(standIn.azure.state.stackWrites).toBe(1);
  });
});

describe('a restored database', () => {
  const RESTORED = {
    databaseAccount: 'mtd-restored',
    recoveredDateTime: '2026-01-31T03:00:00Z',
  };

  beforeEach(() => standIn.restoreDatabase(RESTORED.databaseAccount));

  it('stays the one of the app in a later deployment that does not name it', async () => {
    expect((await up(RESTORED)).code).toBe(0);
    const { code, err } = await up(CHANGED);
    expect([code, err]).toEqual([0, expect.stringContaining('databaseAccount stays mtd-restored')]);
    expect(usedDatabase()).toBe(endpointOf('mtd-restored'));
    expect(live().settings.get('RECOVERED_DATETIME')).toBe(RESTORED.recoveredDateTime);
  });

  it('is given up with an empty parameter', async () => {
    const own = usedDatabase();
    expect((await up(RESTORED)).code).toBe(0);
    expect((await up({ databaseAccount: '', recoveredDateTime: '' })).code).toBe(0);
    expect(usedDatabase()).toBe(own);
  });

  it('that only the app names stops a deployment, which names the parameter', async () => {
    setByHand({ CosmosDbConnection__accountEndpoint: endpointOf('mtd-restored') });
    const refused = await up(CHANGED);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('--parameters databaseAccount=mtd-restored keeps it'),
    ]);
    expect((await up({ ...CHANGED, databaseAccount: 'mtd-restored' })).code).toBe(0);
    expect(usedDatabase()).toBe(endpointOf('mtd-restored'));
  });
});
