import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runDeploy } from '../../../../infra/deploy/runDeploy.ts';
import type { ArmState } from '../../../../infra/local/arm/armState.ts';
import { issueToken } from '../../../../infra/local/entra/issueToken.ts';
import {
  startEntraServer,
  type EntraServer,
} from '../../../../infra/local/entra/startEntraServer.ts';
import { PARAMETERS, SUBSCRIPTION, useAzure } from '../../../support/azureStandIn.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';
import { readmeRoles } from '../../../support/deployerRoles.ts';
import { quietStack } from '../../../support/sharedStacks.ts';

const system = quietStack();
const standIn = useAzure(system, 'mtd-prod');
const { deploy, scope } = standIn;
const ALL = `/subscriptions/${SUBSCRIPTION}`;
const API_ROLES = ['Devices.ReadWrite.All', 'Access.Decide'];
const PROVIDERS = [
  'microsoft.app',
  'microsoft.documentdb',
  'microsoft.insights',
  'microsoft.keyvault',
  'microsoft.managedidentity',
  'microsoft.network',
  'microsoft.operationalinsights',
  'microsoft.servicebus',
  'microsoft.storage',
  'microsoft.web',
];

/** The object id of the deployer, and of the administrator of its tenant. */
const DEPLOYER = '00000000-0000-4000-8000-000000000002';
const ADMINISTRATOR = '00000000-0000-4000-8000-000000000001';
let entra: EntraServer;
beforeAll(async () => {
  const permissions = ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All'] as const;
  entra = await startEntraServer({
    principals: [
      { id: ADMINISTRATOR, kind: 'User', permissions: [...permissions] },
      { id: DEPLOYER, kind: 'ServicePrincipal', permissions: [] },
    ],
  });
});
afterAll(() => entra.stop());

/**
 * `register` by the administrator, which gives the deployer the roles of the smoke test. Its tokens then have the roles
 * that Entra puts there; the local system takes only those of its own issuer. Returns the parameters that it prints.
 */
async function register(state: ArmState): Promise<Readonly<Record<string, string>>> {
  const words = ['register', '--stage', 'prod', '--principal', DEPLOYER, '--json'];
  const { code, out } = await callCommand(runDeploy, [...words, '--graph', entra.address], {
    signIn: () => Promise.resolve(entra.credentialOf(ADMINISTRATOR)),
  });
  expect(code).toBe(0);
  const { tokenIssuer, tokenAudience } = JSON.parse(out) as Readonly<Record<string, string>>;
  const deployer = entra.state.principals.get(DEPLOYER);
  if (tokenIssuer === undefined || tokenAudience === undefined || deployer === undefined)
    throw new TypeError('`register` prints no parameters');
  state.apiRoles = issueToken(entra.state, deployer, tokenAudience)['roles'] as readonly string[];
  return { ...PARAMETERS, tokenIssuer, tokenAudience };
}

interface Given {
  readonly without?: string;
  readonly words?: readonly string[];
  readonly parameters?: Readonly<Record<string, string>>;
}

/** `up --stage prod` with every secret, but for one. */
function up({
  without = '',
  words = [],
  parameters = PARAMETERS,
}: Given = {}): Promise<CommandOutcome> {
  const secrets = standIn.allSecrets();
  secrets.delete(without);
  return deploy(['up', '--location', 'westeurope', ...words], {
    stage: 'prod',
    secrets,
    parameters,
  });
}

/** Somebody has made the group and registered the providers. The deployer has its roles on the group. */
function prepare(state: ArmState): void {
  state.groups.set(scope.toLowerCase(), { location: 'westeurope' });
  state.providers = new Set(PROVIDERS);
  state.assignments = readmeRoles(ALL, scope);
}

describe('the first day', () => {
  it('ends with a tested system, from an empty subscription, with exactly the roles of the README', async () => {
    const { state, faults } = standIn.azure;
    state.providers = new Set();
    state.assignments = readmeRoles(ALL);
    state.apiRoles = undefined;
    // A pipeline's sign-in ends within minutes, and a new app cannot store its package for minutes.
    Object.assign(faults, { assertionExpires: true, forbiddenPackages: 1 });
    const parameters = await register(state);
    const first = await up({ parameters });
    expect([first.code, first.err]).toEqual([0, expect.not.stringContaining('trying once more')]);
    expect([...(state.providers ?? [])].toSorted()).toEqual(PROVIDERS);
    expect(state.stackWrites).toBe(1);

    const file = join(inject('runFolder'), 'webhook-secret');
    writeFileSync(file, system.stack.description.webhookSecret);
    const words = ['smoke', '--webhook-secret-file', file];
    const smoke = await deploy(words, { stage: 'prod', parameters });
    expect([smoke.code, smoke.out]).toEqual([0, expect.stringContaining('allowed again after')]);
    const closed = await deploy(['smoke'], { stage: 'prod', parameters });
    expect([closed.code, closed.err]).toEqual([
      1,
      expect.stringContaining('its network is closed to you'),
    ]);
  });

  it('succeeds in a group that somebody has prepared', async () => {
    prepare(standIn.azure.state);
    const { code, err } = await up({ words: ['--no-smoke'] });
    expect([code, err]).toEqual([0, expect.stringContaining('[7/8] package')]);
  });

  const withoutRole =
    (name: string) =>
    (state: ArmState): void => {
      state.assignments = state.assignments.filter(({ role }) => role.roleName !== name);
    };

  interface Lack {
    readonly name: string;
    /** What the list says of it. */
    readonly what: string;
    readonly mend: string;
    readonly take?: (state: ArmState) => void;
    readonly secret?: string;
  }

  const LACKS: readonly Lack[] = [
    ...readmeRoles(ALL, scope).map(({ role: { roleName }, scope: place }) => ({
      name: roleName,
      what: `the role \`${roleName}\` on ${place}`,
      mend: `az role assignment create --assignee {your object id} --role '${roleName}' --scope ${place}`,
      take: withoutRole(roleName),
    })),
    {
      name: 'a provider',
      what: 'the resource provider `Microsoft.App`',
      mend: `az provider register --subscription ${SUBSCRIPTION} --namespace Microsoft.App --wait`,
      take: ({ providers }) => void providers?.delete('microsoft.app'),
    },
    {
      name: 'a secret',
      what: 'the secret `message-keys`',
      mend: 'add --secret message-keys=FILE',
      secret: 'message-keys',
    },
    {
      name: 'a consent',
      what: 'for the smoke test: no token for `api://mtd`: AADSTS65001',
      mend: 'npm run deploy -- register --stage prod',
      take: (state) => void (state.apiRoles = undefined),
    },
    {
      name: 'a role of the API',
      what: 'for the smoke test: the token lacks the role `Access.Decide`',
      mend: 'npm run deploy -- register --stage prod',
      take: (state) => void (state.apiRoles = ['Devices.ReadWrite.All']),
    },
    {
      name: 'a quota',
      what: 'a quota of 100 cores of Flex Consumption in westeurope: it is 50',
      mend: 'ask for more at https://portal.azure.com/',
      take: ({ region }) => void (region.coreLimit = 50),
    },
    {
      name: 'a zone',
      what: 'zones of Cosmos DB in westeurope',
      mend: 'az cosmosdb locations list',
      take: ({ region }) => void (region.cosmosDbZones = false),
    },
  ];

  it('is tried without each of eleven things', () => {
    expect(LACKS).toHaveLength(11);
  });

  it.each(LACKS)(
    'without $name names it and what mends it, makes nothing, and then continues',
    async ({ what, mend, take, secret = '' }) => {
      const { state } = standIn.azure;
      prepare(state);
      take?.(state);
      const refused = await up({ without: secret });
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`- ${what}`)]);
      expect(refused.err).toContain(mend);
      expect(refused.err.match(/^ {2}- /gm)).toHaveLength(1);
      expect([state.resources.size, state.stackWrites]).toEqual([0, 0]);

      prepare(state);
      state.apiRoles = API_ROLES;
      Object.assign(state.region, { coreLimit: 250, cosmosDbZones: true });
      expect((await up({ words: ['--no-smoke'] })).code).toBe(0);
    },
  );

  it('names all that is missing in one list', async () => {
    const { state } = standIn.azure;
    prepare(state);
    state.assignments = [];
    const nobody = await up();
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('AuthorizationFailed')]);
    state.assignments = readmeRoles(ALL, scope).filter(({ role }) => role.roleName === 'Reader');
    Object.assign(state.region, { flexConsumptionZones: false, storageAccountLimit: 1 });
    state.apiRoles = [];
    const { err } = await up({ without: 'nac-keys' });
    expect(err.match(/^ {2}- /gm)).toHaveLength(8);
  });
});
