import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import type { CommandOutcome } from '../../../support/commandIo.ts';
import { eventually } from '../../../support/eventually.ts';
import { PARAMETERS, useAzure, type Typed } from '../../../support/azureStandIn.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { spawnCommand } from '../../../support/spawnCommand.ts';

const system = quietStack();
const standIn = useAzure(system, 'mtd-dev');
const { deploy, toArgv, scope } = standIn;
const STACK = `${scope}/mobile-threat-defense-dev`;

/** `up` with every secret. */
const up = (words: readonly string[] = [], typed: Typed = {}): Promise<CommandOutcome> =>
  deploy(['up', '--location', 'westeurope', '--no-smoke', ...words], {
    secrets: standIn.allSecrets(),
    ...typed,
  });

describe('npm run deploy', () => {
  it('names the usage error, and ends with 2', async () => {
    const nothing = { arm: 'https://127.0.0.1:1' };
    const secrets = new Map([['pin', '1234']]);
    const wrong: readonly (readonly [Promise<CommandOutcome>, string])[] = [
      [deploy([], nothing), 'usage: npm run deploy'],
      [deploy(['down', '--colour'], nothing), '--colour'],
      [deploy(['around'], nothing), '`around`'],
      [deploy(['up'], { ...nothing, stage: 'test' }), 'dev or prod'],
      [deploy(['up'], { arm: 'http://azure.example' }), '--arm must be an https address'],
      [deploy(['up', '--package', 'nowhere.zip'], nothing), 'npm run package'],
      [deploy(['up'], { ...nothing, secrets }), '`pin` is not a secret'],
      [deploy(['up', '--secret', 'nac-keys'], nothing), '--secret must be NAME=FILE'],
      [deploy(['up', '--secret', 'nac-keys=nowhere'], nothing), 'cannot read the secret'],
      [
        deploy(['up', '--webhook-secret-file', 'nowhere'], nothing),
        '--webhook-secret-file: ENOENT',
      ],
      [deploy(['smoke', '--webhook-secret-file', '/dev/null'], nothing), '-file is empty'],
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
      [
        deploy(['what-if'], {
          ...nothing,
          parameters: { ...PARAMETERS, extraSettings: '{"A":1}' },
        }),
        '`extraSettings` must be a JSON object with text values',
      ],
      [deploy(['down'], { ...nothing, stage: 'prod' }), 'locked against deletion'],
      [deploy(['up']), 'add --location'],
    ];
    for (const [outcome, text] of wrong) {
      const { code, out, err } = await outcome;
      expect([text, code, out + err]).toEqual([text, 2, expect.stringContaining(text)]);
    }
  });

  it('lists the missing secrets before it makes anything, and writes them to a vault it cannot reach', async () => {
    const { state } = standIn.azure;
    const before = await deploy(['what-if', '--location', 'westeurope']);
    expect([before.code, before.out]).toEqual([0, expect.stringContaining('with all resources')]);
    expect(before.err).toContain('the secret `nac-keys`');

    const first = await up([], { secrets: new Map() });
    expect(first.code).toBe(1);
    expect(first.err).toContain('add --secret ssf-signing-keys=FILE');
    expect([state.groups.size, state.resources.size]).toEqual([0, 0]);

    const second = await up([], { stage: 'prod' });
    expect([second.code, second.err]).toEqual([0, expect.stringContaining('writing nac-keys')]);
    expect(second.err).toMatch(/^ +\+ Microsoft\.Storage\/storageAccounts {2}mtdprod\w{13}$/m);
    expect(state.secrets.get('nac-keys')).toBe('whatever');
    expect((await up([], { stage: 'prod', secrets: new Map() })).code).toBe(0);
  });

  it('deploys everything, and tests it with a device', async () => {
    const { code, out, err } = await deploy(['up', '--location', 'westeurope', '--json'], {
      secrets: standIn.allSecrets(),
    });
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
      '[1/8] preflight',
      '[2/8] resource group',
      '[3/8] validate',
      '[4/8] what-if',
      '[5/8] deployment stack',
      '[6/8] secrets',
      '[7/8] package',
      '[8/8] smoke test',
    ]);
    expect(standIn.azure.packages).toHaveLength(1);
    expect(out + err).not.toMatch(/of-azure|of-the-vault|whsec_/);
    const { body } = await system.client.request('GET', 'deviceManagement/managedDevices', {
      as: 'admin',
    });
    expect(JSON.stringify(body)).not.toContain('smoke-');
    const again = await spawnCommand('infra/deploy/main.ts', toArgv(['smoke']), {
      IDENTITY_ENDPOINT: `${standIn.azure.address}/msi/token`,
      IDENTITY_HEADER: 'here',
    });
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('allowed again after')]);
  });

  it('that fails its test says how to take back changes by hand, if the stack was not written', async () => {
    expect((await up()).code).toBe(0);
    const file = join(inject('runFolder'), 'wrong-webhook-secret');
    writeFileSync(file, 'whsec_AAAA');
    const { code, err } = await deploy(['up', '--webhook-secret-file', file]);
    expect([code, err]).toEqual([1, expect.stringContaining('the webhook answered 401')]);
    expect(err).toContain('`up --force` puts back what was changed by hand');
  });

  it('writes the stack only if the template or a parameter changed, or with --force', async () => {
    const { state } = standIn.azure;
    expect((await up()).code).toBe(0);
    const same = await up(['--json']);
    expect([same.code, JSON.parse(same.out)]).toMatchObject([
      0,
      { resources: expect.stringMatching(/^\d+ unchanged$/) as string, package: 'asItIs' },
    ]);
    expect([state.stackWrites, standIn.azure.packages.length]).toEqual([1, 1]);

    // What-if shows a change that somebody has made by hand: only --force takes it back.
    const vault = [...state.resources.values()].find(({ type }) => type.endsWith('/vaults'));
    if (vault === undefined) throw new TypeError('there is no vault');
    state.resources.set(vault.id, { ...vault, body: { ...vault.body, location: 'elsewhere' } });
    const noisy = await up();
    expect([noisy.code, noisy.err]).toEqual([0, expect.stringContaining('1 to change')]);
    expect(state.stackWrites).toBe(1);
    expect([(await up(['--force'])).code, state.stackWrites]).toEqual([0, 2]);

    const parameters = { ...PARAMETERS, operatorsEmail: 'night@contoso.example' };
    const { out } = await deploy(['what-if'], { parameters });
    expect(out).toMatch(/^~ Microsoft\.Insights\/actionGroups {2}[\w-]+$/m);
    expect(out).toContain('"ops@contoso.example" → "night@contoso.example"');
    expect(out).toMatch(/1 to change/);
    standIn.writePackage('1');
    const changed = await up(['--json'], { parameters });
    expect([changed.code, JSON.parse(changed.out)]).toMatchObject([0, { package: 'published' }]);
    expect((await deploy(['what-if'], { parameters })).out).toMatch(/^\d+ unchanged$/m);
  });

  it('names the failed resource, and continues from there in the next run', async () => {
    const { faults, state } = standIn.azure;
    faults.failingResource = 'serviceBusNamespace';
    const failed = await up();
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/SkuNotAvailable \(.*Microsoft.ServiceBus.*\): The SKU/);
    expect(failed.err).toContain('run the same command again');
    const made = state.resources.size;
    expect(made).toBeGreaterThan(0);
    expect(standIn.azure.packages).toEqual([]);

    faults.failingResource = undefined;
    const resumed = await up(['--json']);
    expect(resumed.code).toBe(0);
    const { resources } = JSON.parse(resumed.out) as { readonly resources: string };
    expect(resources).toMatch(new RegExp(`^${String(made)} unchanged, \\d+ to create$`));
  });

  it('waits for another run in progress', async () => {
    const { state } = standIn.azure;
    expect((await up()).code).toBe(0);
    const stack = state.stacks.get(STACK);
    if (stack === undefined) throw new TypeError('there is no stack');
    stack.provisioningState = 'deploying';
    const waiting = up([], {
      parameters: { ...PARAMETERS, operatorsEmail: 'night@contoso.example' },
    });
    const looked = state.stackReads;
    await eventually(
      () => state.stackReads,
      (reads) => reads > looked,
    );
    stack.provisioningState = 'succeeded';
    const { code, err } = await waiting;
    expect([code, err]).toEqual([0, expect.stringContaining('another run is deploying')]);
  });

  it('retries when Azure throttles, is unavailable, or drops connections', async () => {
    Object.assign(standIn.azure.faults, { throttled: 3, unavailable: 2, reset: 1 });
    const { code, err } = await up();
    expect(code).toBe(0);
    expect(err).toMatch(/answered 429, next try in 0 s/);
    expect(err).toMatch(/answered 503/);
    expect(err).toMatch(/does not answer/);
  });

  it('fails if Azure stays unavailable', async () => {
    standIn.azure.faults.throttled = 1000;
    const { code, err } = await up();
    expect([code, err]).toEqual([1, expect.stringContaining('answered 429\n')]);
  });

  it('deletes the deployment after a confirmation', async () => {
    const { state } = standIn.azure;
    expect((await deploy(['smoke'])).err).toContain('run `up` first');
    expect((await up()).code).toBe(0);
    const unsure = await deploy(['down']);
    expect([unsure.code, unsure.err]).toEqual([1, expect.stringContaining('--yes')]);
    expect(state.resources.size).toBeGreaterThan(0);
    const down = await deploy(['down', '--yes', '--json']);
    expect([down.code, JSON.parse(down.out)]).toEqual([0, { deleted: true }]);
    expect(state.resources.size).toBe(0);
    const again = await deploy(['down', '--yes']);
    expect([again.code, again.out.trim()]).toEqual([0, 'there is nothing to delete']);
  });
});
