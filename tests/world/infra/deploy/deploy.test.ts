import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import {
  NO_SYSTEM,
  PARAMETERS,
  SUBSCRIPTION,
  useAzure,
  type Typed,
} from '../../../support/azureStandIn.ts';
import type { CommandOutcome } from '../../../support/commandIo.ts';
import { roleNamed } from '../../../support/deployerRoles.ts';

const standIn = useAzure(NO_SYSTEM, 'mtd');
const folder = mkdtempSync(join(tmpdir(), 'mtd-template-'));
afterAll(() => rmSync(folder, { recursive: true }));

const up = (words: readonly string[] = [], typed: Typed = {}): Promise<CommandOutcome> =>
  standIn.deploy(['up', '--location', 'westeurope', '--no-smoke', ...words], {
    secrets: standIn.allSecrets(),
    ...typed,
  });

describe('the app reads its secrets before its package arrives', () => {
  it('after they were written, for it has kept that there were none', async () => {
    expect((await up()).code).toBe(0);
    const [app] = standIn.azure.state.apps.values();
    const statuses = [...(app?.references.values() ?? [])].map(({ status }) => status);
    expect(statuses.length).toBeGreaterThan(6);
    expect(new Set(statuses)).toEqual(new Set(['Resolved']));
  });

  it('or the deployment stops with the reason of each, and the same command continues', async () => {
    const { faults } = standIn.azure;
    faults.vaultRefusesApp = true;
    const { code, err } = await up();
    expect([code, standIn.azure.packages]).toEqual([1, []]);
    expect(err).toContain('the app cannot read its secrets');
    expect(err).toContain(
      'NAC_KEYS: AccessToKeyVaultDenied The managed identity has no access to the key vault.',
    );
    faults.vaultRefusesApp = false;
    expect((await up([], { secrets: new Map() })).code).toBe(0);
    expect(standIn.azure.packages).toHaveLength(1);
  });
});

describe('a new app', () => {
  it('gets its package after it has answered 503, 404, 401 and 403, and could not store it', async () => {
    standIn.azure.faults.forbiddenPackages = 2;
    const { code, err } = await up();
    expect(code).toBe(0);
    for (const status of ['503', '401', '403']) expect(err).toContain(`answered ${status}`);
    expect(err.match(/Azure Storage responded with Forbidden/g)).toHaveLength(2);
    expect(standIn.azure.packages.map(({ status }) => status)).toEqual([3, 3, 4]);
  });

  it('that never stores its package fails after ten minutes of waiting', async () => {
    standIn.azure.faults.forbiddenPackages = 1000;
    const { code, err } = await up();
    expect([code, err]).toEqual([1, expect.stringContaining('the package failed: Azure Storage')]);
    const waits = [...err.matchAll(/next try in (\d+) s/g)].map(([, seconds]) => Number(seconds));
    const waited = waits.reduce((sum, each) => sum + each, 0);
    expect(waited).toBeGreaterThanOrEqual(600);
    expect(waited).toBeLessThan(660);
  });

  it('that takes nothing from this address says so at once', async () => {
    standIn.azure.faults.scmIsClosed = true;
    const { code, err } = await up();
    expect([code, err]).toEqual([1, expect.stringContaining('answered 403: "Ip Forbidden"')]);
    expect(err).not.toContain('next try');
  });

  it('that rejects a package says why at once', async () => {
    standIn.azure.faults.packageStatus = 3;
    const { code, err } = await up();
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('the package failed: the host does not start'),
    ]);
    standIn.azure.faults.packageStatus = 4;
    expect((await up()).code).toBe(0);
    expect(standIn.azure.packages.map(({ status }) => status)).toEqual([3, 4]);
  });
});

it('a Cosmos DB account that is busy with another change is tried once more', async () => {
  const [dev] = STAGES;
  if (dev === undefined) throw new TypeError('there is no stage');
  const template = JSON.parse(synthesize(dev)) as {
    readonly resources: Readonly<Record<string, { dependsOn: readonly string[] }>>;
  };
  const assignment = template.resources['cosmosDbDataContributor'];
  if (assignment === undefined) throw new TypeError('there is no assignment');
  assignment.dependsOn = ['cosmosDbAccount', 'identity'];
  const file = join(folder, 'unchained.json');
  writeFileSync(file, JSON.stringify(template));
  const { code, err } = await up(['--template', file]);
  expect([code, err]).toEqual([0, expect.stringContaining('trying once more')]);
  expect(standIn.azure.state.stackWrites).toBe(2);
});

describe('the preflight', () => {
  it('asks for the resource group first of who may not make one', async () => {
    const { state } = standIn.azure;
    state.assignments = [{ role: roleNamed('Reader'), scope: `/subscriptions/${SUBSCRIPTION}` }];
    const { code, err } = await up();
    expect([code, err]).toEqual([
      1,
      expect.stringContaining(`- the resource group ${standIn.scope}, which you may not make`),
    ]);
    expect(err).toContain(`az group create --subscription ${SUBSCRIPTION} --name mtd --location`);
    expect(err).not.toContain('the role');
  });

  it('does not ask for zones that the parameters switch off', async () => {
    const { region } = standIn.azure.state;
    Object.assign(region, { cosmosDbZones: false, flexConsumptionZones: false });
    const refused = await up([], { stage: 'prod' });
    expect(refused.err.match(/^ {2}- zones of .* in westeurope/gm)).toHaveLength(2);
    expect(refused.err).toContain('--parameters databaseZoneRedundant=false');
    const parameters = { planZoneRedundant: 'false', databaseZoneRedundant: 'false' };
    const { code } = await up([], { stage: 'prod', parameters: { ...PARAMETERS, ...parameters } });
    expect(code).toBe(0);
  });

  it('registers what is unregistered, and names a region without the plan and a full quota', async () => {
    const { state } = standIn.azure;
    state.providers = new Set(['microsoft.web', 'microsoft.storage']);
    Object.assign(state.region, { flexConsumption: false, storageAccountLimit: 0 });
    const { code, err } = await up();
    expect([code, state.resources.size]).toEqual([1, 0]);
    expect(err).toContain('registering the resource provider Microsoft.KeyVault');
    expect(err).toContain('- Flex Consumption in westeurope');
    expect(err).toContain('no resource was made, but these providers were registered (Microsoft.D');
    expect(err).not.toContain('nothing was made');
    expect((await up()).err).toContain('this is missing; nothing was made:');
    expect(err).toMatch(/- a quota of \d storage accounts in westeurope: it is 0/);
  });
});

describe('what-if by an identity that may change nothing', () => {
  it('shows the changes, and says what it would lack for up', async () => {
    expect((await up()).code).toBe(0);
    const { state } = standIn.azure;
    state.assignments = ['Reader', 'Mobile Threat Defense What-If'].map((name) => ({
      role: roleNamed(name),
      scope: standIn.scope,
    }));
    const { code, out, err } = await standIn.deploy(['what-if']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ unchanged$/m)]);
    expect(err).toContain(`- the role \`Contributor\` on ${standIn.scope}`);
    expect(out).not.toContain('Contributor');
  });

  it('registers no provider', async () => {
    const { state } = standIn.azure;
    state.providers = new Set(['microsoft.web']);
    const { code, err } = await standIn.deploy(['what-if', '--location', 'West Europe']);
    const mend = `az provider register --subscription ${SUBSCRIPTION} --namespace Microsoft.Storage --wait`;
    expect([code, err]).toEqual([0, expect.stringContaining(mend)]);
    expect([...state.providers]).toEqual(['microsoft.web']);
  });
});

describe('a vault whose data the operator may not read', () => {
  it.each([
    ['prod', 'its network is closed to you, whatever your role'],
    ['dev', 'you have no role that allows it'],
  ])('in %s stops before the stack if the smoke test needs it: %s', async (stage, reason) => {
    expect((await up([], { stage })).code).toBe(0);
    const { state } = standIn.azure;
    state.assignments = [{ role: roleNamed('Owner'), scope: '/' }];
    const words = ['up', '--location', 'westeurope', '--force'];
    const { code, err } = await standIn.deploy(words, { stage });
    expect([code, err]).toEqual([1, expect.stringContaining(reason)]);
    expect(err).toContain('add --webhook-secret-file FILE, or --no-smoke');
    expect(state.stackWrites).toBe(1);
  });
});
