import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { SECRET_SETTINGS } from '../../infra/azure/secretSettings.ts';
import { runDeploy } from '../../infra/deploy/runDeploy.ts';
import { DATABASE_ACCOUNT } from '../../infra/local/arm/rules/cosmosRules.ts';
import { startArmServer, type ArmServer } from '../../infra/local/arm/startArmServer.ts';
import { toResourceId } from '../../infra/local/arm/toResourceId.ts';
import { callCommand, type CommandOutcome } from './commandIo.ts';
import { identityCredential } from './identityCredential.ts';

/** The system that takes the place of the deployed one. */
export interface DeployedSystem {
  readonly stack: {
    readonly description: { readonly api: string; readonly webhookSecret: string };
  };
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>;
}

/** For tests that never call the system. */
export const NO_SYSTEM: DeployedSystem = {
  stack: { description: { api: 'https://mtd.example', webhookSecret: 'whsec_AAAA' } },
  sign: (claims) => {
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return Promise.resolve(`e30.${payload}.signature`);
  },
};

export const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';

/** What a deployment always needs. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  tokenIssuer: 'https://login.microsoftonline.com/tenant/v2.0',
  tokenAudience: 'api://mtd',
  operatorsEmail: 'ops@contoso.example',
};

export interface Typed {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly arm?: string;
  /** Secrets to write, by name. */
  readonly secrets?: ReadonlyMap<string, string>;
}

/** Azure for the tests of a file: a new one for each test, and the command line of a signed-in operator. */
export interface AzureStandIn {
  /** The stand-in of the running test. */
  readonly azure: ArmServer;
  readonly packageFile: string;
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  /** A value for each secret that a deployment needs; the webhook secret is that of the system. */
  readonly allSecrets: () => Map<string, string>;
  /** Starts anew, with these secrets in the vault. */
  readonly restart: (secrets: Map<string, string>) => Promise<void>;
  /** A Cosmos DB account of this name, as a restore leaves it in the group. */
  readonly restoreDatabase: (name: string, isZoneRedundant?: boolean) => void;
  readonly writePackage: (content: string) => void;
  readonly toArgv: (words: readonly string[], typed?: Typed) => readonly string[];
  readonly deploy: (words: readonly string[], typed?: Typed) => Promise<CommandOutcome>;
}

const toWords = (options: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

/** Stands in for Azure in front of `system`, which takes the place of the deployed one. */
export function useAzure(system: DeployedSystem, group: string): AzureStandIn {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-deploy-'));
  const packageFile = join(folder, 'package.zip');
  let azure: ArmServer | undefined;
  const here = (): ArmServer => {
    if (azure === undefined) throw new TypeError('Azure exists only within tests');
    return azure;
  };
  const standIn: AzureStandIn = {
    get azure() {
      return here();
    },
    packageFile,
    scope: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}`,
    allSecrets: () => {
      const names = Object.values(SECRET_SETTINGS);
      const { webhookSecret } = system.stack.description;
      return new Map(
        names.map((name) => [name, name.startsWith('sep-mobile') ? webhookSecret : 'whatever']),
      );
    },
    async restart(secrets) {
      await azure?.stop();
      azure = await startArmServer({
        outputs: () => ({ api: system.stack.description.api, keyVaultUri: here().address }),
        secrets,
        tokenFor: (_, roles) => system.sign({ roles, azp: 'deployer' }),
      });
    },
    restoreDatabase(name, isZoneRedundant = false) {
      const id = toResourceId(standIn.scope, DATABASE_ACCOUNT, [name]);
      const properties = { locations: [{ failoverPriority: 0, isZoneRedundant }] };
      const body = { properties };
      here().state.resources.set(id, { id, type: DATABASE_ACCOUNT, name, body });
    },
    writePackage(content) {
      writeFileSync(packageFile, zipSync({ 'functions.cjs': Buffer.from(content) }));
    },
    toArgv(words, typed = {}) {
      const { parameters = PARAMETERS, stage = 'dev', arm = here().address, secrets } = typed;
      const files = [...(secrets ?? [])].map(([name, value]) => {
        const file = join(folder, name);
        writeFileSync(file, value);
        return `${name}=${file}`;
      });
      return [
        ...toWords({ stage, subscription: SUBSCRIPTION, 'resource-group': group }),
        ...toWords({ arm, scm: here().address, package: packageFile }),
        ...words,
        ...files.flatMap((each) => ['--secret', each]),
        ...Object.entries(parameters).flatMap(([name, value]) => [
          '--parameters',
          `${name}=${value}`,
        ]),
      ];
    },
    deploy: (words, typed) =>
      callCommand(runDeploy, standIn.toArgv(words, typed), {
        signIn: () => Promise.resolve(identityCredential(`${here().address}/msi/token`)),
      }),
  };
  beforeAll(() => standIn.writePackage('0'));
  beforeEach(() => standIn.restart(new Map()));
  afterAll(async () => {
    await azure?.stop();
    rmSync(folder, { recursive: true });
  });
  return standIn;
}
