import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { SECRET_SETTINGS } from '../../../../infra/azure/secretSettings.ts';
import { runDeploy } from '../../../../infra/deploy/runDeploy.ts';
import { startArmServer, type ArmServer } from '../../../../infra/local/arm/startArmServer.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';
import { identityCredential } from '../../../support/identityCredential.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { spawnCommand } from '../../../support/spawnCommand.ts';
import { eventually } from '../../../support/eventually.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const GROUP = 'mtd-dev';
const SCOPE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}`;
const STACK = `${SCOPE}/mobile-threat-defense-dev`;
const APP = 'mtd-dev-abc';
const ROLES = ['Devices.ReadWrite.All', 'Access.Decide'];

const system = quietStack();
const folder = mkdtempSync(join(inject('runFolder'), 'deploy-'));
const packageFile = join(folder, 'package.zip');
let azure: ArmServer;
beforeAll(() => {
  writeFileSync(packageFile, zipSync({ 'functions.cjs': Buffer.from('0') }));
});
beforeEach(async () => {
  const secrets = new Map(Object.values(SECRET_SETTINGS).map((name) => [name, 'whatever']));
  secrets.set('sep-mobile-webhook-secrets', system.stack.description.webhookSecret);
  await startAzure(secrets);
});
afterAll(() => azure.stop());

/** Starts a stand-in for Azure that contains only these secrets. */
async function startAzure(secrets: Map<string, string>): Promise<void> {
  await azure?.stop();
  azure = await startArmServer({
    outputs: () => ({
      functionAppName: APP,
      api: system.stack.description.api,
      keyVaultUri: azure.address,
    }),
    secrets,
    tokenFor: () => system.sign({ roles: ROLES, azp: 'deployer' }),
  });
}

const PARAMETERS: Readonly<Record<string, string>> = {
  tokenIssuer: 'https://login.microsoftonline.com/tenant/v2.0',
  tokenAudience: 'api://mtd',
  operatorsEmail: 'ops@contoso.example',
};

interface Typed {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly arm?: string;
}

const toWords = (options: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);

function toArgv(
  words: readonly string[],
  { parameters = PARAMETERS, stage = 'dev', arm = azure.address }: Typed = {},
): readonly string[] {
  return [
    ...toWords({ stage, subscription: SUBSCRIPTION, 'resource-group': GROUP }),
    ...toWords({ arm, scm: azure.address, package: packageFile }),
    ...words,
    ...Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]),
  ];
}

const identityEndpoint = (): string => `${azure.address}/msi/token`;

/** `npm run deploy`, by a signed-in operator. */
const deploy = (words: readonly string[], typed?: Typed): Promise<CommandOutcome> =>
  callCommand(runDeploy, toArgv(words, typed), {
    signIn: () => Promise.resolve(identityCredential(identityEndpoint())),
  });

const up = (...words: readonly string[]): Promise<CommandOutcome> =>
  deploy(['up', '--location', 'westeurope', '--no-smoke', ...words]);

describe('npm run deploy', () => {
  it('names the usage error, and ends with 2', async () => {
    const nothing = { arm: 'https://127.0.0.1:1' };
    const wrong: readonly (readonly [Promise<CommandOutcome>, string])[] = [
      [deploy([], nothing), 'usage: npm run deploy'],
      [deploy(['down', '--colour'], nothing), '--colour'],
      [deploy(['around'], nothing), '`around`'],
      [deploy(['up'], { ...nothing, stage: 'test' }), 'dev or prod'],
      [deploy(['up'], { arm: 'http://azure.example' }), '--arm must be an https address'],
      [deploy(['up', '--package', 'nowhere.zip'], nothing), 'npm run package'],
      [deploy(['what-if'], { ...nothing, parameters: {} }), '`tokenIssuer` is missing: Issuer of'],
      [
        deploy(['what-if'], { ...nothing, parameters: { ...PARAMETERS, operatorEmail: 'x' } }),
        '`operatorEmail` is not a parameter',
      ],
      [
        deploy(['what-if'], {
          ...nothing,
          parameters: { ...PARAMETERS, enrolmentFromGraph: 'yes' },
        }),
        '`enrolmentFromGraph` must be true or false',
      ],
      [deploy(['down'], { ...nothing, stage: 'prod' }), 'locked against deletion'],
      [deploy(['up']), 'add --location'],
    ];
    for (const [outcome, text] of wrong) {
      const { code, out, err } = await outcome;
      expect([text, code, out + err]).toEqual([text, 2, expect.stringContaining(text)]);
    }
  });

  it('stops if secrets are missing, and continues when they exist', async () => {
    const secrets = new Map<string, string>();
    await startAzure(secrets);
    const before = await deploy(['what-if']);
    expect([before.code, before.out]).toEqual([0, expect.stringContaining('with all resources')]);
    expect([azure.state.groups.size, azure.state.resources.size]).toEqual([0, 0]);

    const first = await up();
    expect(first.code).toBe(1);
    expect(first.err).toContain('secret set --vault-name 127 --name ssf-signing-keys');
    expect(first.err).toMatch(/^ +\+ Microsoft\.Storage\/storageAccounts {2}storageAccount$/m);
    expect(azure.packages).toEqual([]);
    expect(azure.state.resources.size).toBeGreaterThan(30);

    for (const name of Object.values(SECRET_SETTINGS)) secrets.set(name, 'whatever');
    const second = await up();
    expect([second.code, azure.packages.length]).toEqual([0, 1]);
  });

  it('deploys everything, and tests it with a device', async () => {
    const { code, out, err } = await deploy(['up', '--location', 'westeurope', '--json']);
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        resources: expect.stringMatching(/^\d+ to create$/) as string,
        package: 'published',
        api: system.stack.description.api,
        smoke: {
          blockedAfterInMilliseconds: expect.any(Number) as number,
          allowedAgainAfterInMilliseconds: expect.any(Number) as number,
        },
      },
    ]);
    const steps = err.split('\n').filter((line) => line.startsWith('['));
    expect(steps).toEqual([
      '[1/6] resource group',
      '[2/6] validate',
      '[3/6] what-if',
      '[4/6] deployment stack',
      '[5/6] package',
      '[6/6] smoke test',
    ]);
    expect(azure.packages).toHaveLength(1);
    expect(out + err).not.toMatch(/of-azure|of-the-vault|whsec_/);
    const { body } = await system.client.request('GET', 'deviceManagement/managedDevices', {
      as: 'admin',
    });
    expect(JSON.stringify(body)).not.toContain('smoke-');
    const again = await spawnCommand('infra/deploy/main.ts', toArgv(['smoke']), {
      IDENTITY_ENDPOINT: identityEndpoint(),
      IDENTITY_HEADER: 'here',
    });
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('allowed again after')]);
  });

  it('keeps unchanged resources, and changes the others', async () => {
    expect((await up()).code).toBe(0);
    const same = await up('--json');
    expect([same.code, JSON.parse(same.out)]).toMatchObject([
      0,
      { resources: expect.stringMatching(/^\d+ unchanged$/) as string, package: 'asItIs' },
    ]);
    expect(same.err.match(/ {6}unchanged/g)).toHaveLength(2);
    expect(azure.packages).toHaveLength(1);

    const parameters = { ...PARAMETERS, operatorsEmail: 'night@contoso.example' };
    const { out } = await deploy(['what-if'], { parameters });
    expect(out).toMatch(/^~ Microsoft\.Insights\/actionGroups {2}\w+$/m);
    expect(out).toContain('"ops@contoso.example" → "night@contoso.example"');
    expect(out).toMatch(/1 to change/);
    writeFileSync(packageFile, zipSync({ 'functions.cjs': Buffer.from('1') }));
    const changed = await deploy(['up', '--no-smoke', '--json'], { parameters });
    expect([changed.code, JSON.parse(changed.out)]).toMatchObject([0, { package: 'published' }]);
    expect((await deploy(['what-if'], { parameters })).out).toMatch(/^\d+ unchanged$/m);
  });

  it('names the failed resource, and continues from there in the next run', async () => {
    azure.faults.failingResource = 'serviceBusNamespace';
    const failed = await up();
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/SkuNotAvailable \(.*serviceBusNamespace\): The SKU/);
    expect(failed.err).toContain('run the same command again');
    const made = azure.state.resources.size;
    expect(made).toBeGreaterThan(0);
    expect(azure.packages).toEqual([]);

    azure.faults.failingResource = undefined;
    const resumed = await up('--json');
    expect(resumed.code).toBe(0);
    const { resources } = JSON.parse(resumed.out) as { readonly resources: string };
    expect(resources).toMatch(new RegExp(`^${String(made)} unchanged, \\d+ to create$`));
  });

  it('waits for another run in progress', async () => {
    expect((await up()).code).toBe(0);
    const stack = azure.state.stacks.get(STACK);
    if (stack === undefined) throw new TypeError('there is no stack');
    stack.provisioningState = 'deploying';
    const waiting = deploy(['up', '--no-smoke'], {
      parameters: { ...PARAMETERS, operatorsEmail: 'night@contoso.example' },
    });
    const looked = azure.state.stackReads;
    await eventually(
      () => azure.state.stackReads,
      (reads) => reads > looked,
    );
    stack.provisioningState = 'succeeded';
    const { code, err } = await waiting;
    expect([code, err]).toEqual([0, expect.stringContaining('another run is deploying')]);
  });

  it('retries when Azure throttles, is unavailable, or drops connections', async () => {
    Object.assign(azure.faults, { throttled: 3, unavailable: 2, reset: 1 });
    const { code, err } = await up();
    expect(code).toBe(0);
    expect(err).toMatch(/answered 429, next try in 0 s/);
    expect(err).toMatch(/answered 503/);
    expect(err).toMatch(/does not answer/);
  });

  it('fails if Azure stays unavailable', async () => {
    azure.faults.throttled = 1000;
    const { code, err } = await up();
    expect([code, err]).toEqual([1, expect.stringContaining('answered 429\n')]);
  });

  it('reports why the app rejects a package', async () => {
    azure.faults.packageStatus = 3;
    const { code, err } = await up();
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('the package failed: the host does not start'),
    ]);
    azure.faults.packageStatus = 4;
    expect((await up()).code).toBe(0);
    expect(azure.packages.map(({ status }) => status)).toEqual([3, 4]);
  });

  it('deletes the deployment after a confirmation', async () => {
    expect((await deploy(['smoke'])).err).toContain('run `up` first');
    expect((await up()).code).toBe(0);
    const unsure = await deploy(['down']);
    expect([unsure.code, unsure.err]).toEqual([1, expect.stringContaining('--yes')]);
    expect(azure.state.resources.size).toBeGreaterThan(0);
    const down = await deploy(['down', '--yes', '--json']);
    expect([down.code, JSON.parse(down.out)]).toEqual([0, { deleted: true }]);
    expect(azure.state.resources.size).toBe(0);
    const again = await deploy(['down', '--yes']);
    expect([again.code, again.out.trim()]).toEqual([0, 'there is nothing to delete']);
  });
});
