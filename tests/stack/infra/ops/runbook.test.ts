import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import { readParameters } from '../../../../infra/deploy/readParameters.ts';
import { runDeployCommand } from '../../../../infra/deploy/runDeployCommand.ts';
import type { Template } from '../../../../infra/deploy/template.ts';
import { listenOnLoopback } from '../../../../infra/local/listenOnLoopback.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { callCommand } from '../../../support/commandIo.ts';
import { ownStack } from '../../../support/ownStack.ts';
import { runScript, scriptsBelow, type ScriptOutcome } from '../../../support/runScript.ts';
import { stopServer } from '../../../support/stopServer.ts';

const PAGE = 'infra/ops/README.md';
const page = readFileSync(join(PROJECT_ROOT, PAGE), 'utf8');

/** `### noun verb|verb` of the section Commands, as `noun verb`. A noun alone is a command too. */
const commands = [...page.matchAll(/^### ([a-z-]+)(?: ([a-z|-]+))?$/gm)].flatMap(
  ([, noun = '', verbs]) => (verbs ?? '').split('|').map((verb) => `${noun} ${verb}`.trim()),
);
const nouns = new Set(commands.map((command) => command.split(' ')[0]));
/** Log lines, which begin with the same words. */
const NO_COMMANDS = new Set(['reports held', 'silence breaker opened']);

/** What stands for the placeholders of the page. */
const VALUES: Readonly<Record<string, string>> = {
  '<queue>': 'device-signals',
  '<fault>': 'severity.critical',
  CODE: 'messageInvalid',
  WORD: 'high',
  ID: 'a-phone',
  NAME: 'nobody',
};

/** The commands that sentences name, without the script's name. */
const named = [
  ...new Set(
    [...page.matchAll(/`(?:npm run ops -- )?([a-z-]+(?: [^`\n]+)?)`/g)]
      .map(([, command = '']) => command)
      .filter((command) => nouns.has(command.split(' ')[0] ?? '') && !NO_COMMANDS.has(command)),
  ),
];

/** What a sentence leaves out of a command. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'dead-letters list': 'compliance-changes',
  'dead-letters show': 'compliance-changes',
  'dead-letters replay': 'compliance-changes',
  'dead-letters drop': 'compliance-changes',
  'quarantine show': 'no-such-request',
  'quarantine replay': '--all',
};

function toWords(command: string): readonly string[] {
  const words = command.split(' ').map((word) => VALUES[word] ?? word);
  const leftOut = LEFT_OUT[command];
  return leftOut === undefined ? words : [...words, leftOut];
}

// Timers evaluate devices.
const system = ownStack({ withTimers: true });

describe('a command that the runbook names', () => {
  it('is found', () => {
    expect(named.length).toBeGreaterThan(20);
    expect(commands).toEqual(
      expect.arrayContaining(['status', 'dead-letters replay', 'entra write']),
    );
  });

  // A noun alone, such as the container `quarantine`, is no command.
  it.each(named.filter((command) => command.includes(' ') || commands.includes(command)))(
    'is a command: %s',
    async (command) => {
      const { code, err } = await callCommand(runOps, [
        ...toWords(command),
        '--folder',
        system.folder,
      ]);
      // 1 says that there is nothing to do, or that somebody must confirm; 2 that there is no such command.
      expect([code < 2, err]).toEqual([true, expect.any(String) as string]);
    },
  );

  it.each(commands)('has a section, and the tool has it: %s', async (command) => {
    const { err } = await callCommand(runOps, [...command.split(' '), '--bogus']);
    expect(err).toContain("Unknown option '--bogus'");
    const known = await callCommand(runOps, [...command.split(' '), '--folder', '/nowhere']);
    expect(known.err).not.toContain('there is no command');
  });
});

describe('a script of the runbook', () => {
  const requests: string[] = [];
  let azure: Server;
  let address: string;
  beforeAll(async () => {
    azure = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://azure');
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const token = pathname === '/msi/token' ? system.client.token('admin') : Promise.resolve('');
      void token.then((text) => {
        const resource = searchParams.get('resource');
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: text, expires_on: '9999999999', resource }));
      });
    });
    address = await listenOnLoopback(azure);
  });
  afterAll(() => stopServer(azure));

  const play = (heading: string): Promise<ScriptOutcome> => {
    const [script = ''] = scriptsBelow(PAGE, heading);
    const { api, audience } = system.stack.description;
    const filled = script
      .replaceAll('https://{app}.azurewebsites.net', api)
      .replaceAll('{appId}', audience)
      .replaceAll(/\{(\w+)\}/g, '$1');
    return runScript(filled, mkdtempSync(join(inject('runFolder'), 'runbook-')), {
      scripts: { ops: 'infra/ops/main.ts' },
      environment: {
        AZ_ARM: address,
        IDENTITY_ENDPOINT: `${address}/msi/token`,
        IDENTITY_HEADER: 'here',
      },
    });
  };

  it('makes the app read its secrets again', async () => {
    const { code, azCalls } = await play('Rotate keys');
    expect([code, azCalls.map(({ name }) => name)]).toEqual([0, ['functionapp show', 'rest']]);
    expect(requests).toContainEqual(
      expect.stringMatching(
        /^POST \/subscriptions\/[^/]+\/resourceGroups\/mtd-prod\/providers\/Microsoft\.Web\/sites\/app\/config\/configreferences\/appsettings\/refresh\?api-version=[\d-]+$/,
      ),
    );
  });

  it('restores the database into a closed account, gives it to the template, and evaluates every device', async () => {
    const { code, err, out, azCalls, npmCalls } = await play('Restore the database');
    expect([code, err]).toEqual([0, expect.any(String) as string]);
    expect(azCalls.map(({ name }) => name)).toEqual([
      'functionapp stop',
      'cosmosdb restore',
      'functionapp start',
    ]);
    expect(azCalls[1]?.options['public-network-access']).toEqual(['DISABLED']);
    expect(out).toContain('managedDeviceCount');

    const [[, , , ...argv] = []] = npmCalls;
    expect(argv.slice(0, 3)).toEqual(['up', '--stage', 'prod']);
    // Every option is known: an unknown one would be a usage error.
    expect((await callCommand(runDeployCommand, [...argv, '--help'])).code).toBe(0);
    const given = argv.filter((_, index) => argv[index - 1] === '--parameters');
    expect(given).toEqual([
      'parameters',
      'databaseAccount=restored',
      expect.stringMatching(/^recoveredDateTime=\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string,
    ]);
    const template = JSON.parse(synthesize(prod())) as Template;
    const needed = Object.entries(template.parameters)
      .filter(([, { defaultValue }]) => defaultValue === undefined)
      .map(([name]) => `${name}=x`);
    expect(readParameters(template, [...needed, ...given.slice(1)])['databaseAccount']).toEqual({
      value: 'restored',
    });
  });
});

function prod(): (typeof STAGES)[number] {
  const stage = STAGES.find((each) => each.stage === 'prod');
  if (stage === undefined) throw new TypeError('there is no stage `prod`');
  return stage;
}
