import { describe, expect, it } from 'vitest';
import { runCapacity } from '../../../../infra/capacity/runCapacity.ts';
import { runDeploy } from '../../../../infra/deploy/runDeploy.ts';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { runSetup } from '../../../../infra/ops/runSetup.ts';
import { createProgress } from '../../../../infra/cli/createProgress.ts';
import { requireYes } from '../../../../infra/cli/requireYes.ts';
import { callCommand } from '../../../support/commandIo.ts';

describe.each([
  ['ops', runOps],
  ['deploy', runDeploy],
  ['capacity', runCapacity],
  ['setup', runSetup],
])('npm run %s', (script, run) => {
  it('prints its usage', async () => {
    const { code, out, err } = await callCommand(run, ['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`usage: npm run ${script} `);
  });

  it('returns 2 for an unknown option, and points to its usage', async () => {
    const { code, out, err } = await callCommand(run, ['--colour']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`see \`npm run ${script} -- --help\``);
  });
});

const DEPLOYED = ['--api', 'https://mtd.example', '--audience', 'api://mtd'];

/** A system that answers every request with this document. */
const answering = (body: object, status = 200) => ({
  fetch: () => Promise.resolve(Response.json(body, { status })),
  signIn: () =>
    Promise.resolve({ getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: 0 }) }),
});

describe('runOps', () => {
  it('prints the result as lines or as JSON', async () => {
    const io = answering({ state: 'closed' });
    const lines = await callCommand(runOps, ['silence-breaker', 'show', ...DEPLOYED], io);
    expect(lines).toEqual({ code: 0, out: 'state: closed\n', err: '' });
    const json = await callCommand(runOps, ['silence-breaker', 'show', '--json', ...DEPLOYED], io);
    expect(json.out).toBe('{"state":"closed"}\n');
  });

  it('returns 1 and prints the error of a failed request', async () => {
    const error = { code: 'itemNotFound', message: 'there is no stream `x`', details: [] };
    const io = answering({ error }, 404);
    const { code, err } = await callCommand(runOps, ['streams', 'pause', 'x', ...DEPLOYED], io);
    expect([code, err]).toEqual([1, 'itemNotFound: there is no stream `x`\n']);
  });

  it('prints the status of a failed request without a body', async () => {
    const io = {
      ...answering({}),
      fetch: () => Promise.resolve(new Response(undefined, { status: 502 })),
    };
    const { code, err } = await callCommand(runOps, ['streams', 'pause', 'x', ...DEPLOYED], io);
    expect([code, err]).toEqual([1, 'POST ssf/status answered 502\n']);
  });

  it.each([
    ['frobnicate', 'there is no command `frobnicate`\n'],
    ['constructor', 'there is no command `constructor`\n'],
    ['toString x', 'there is no command `toString x`\n'],
    ['dead-letters', '`dead-letters list`, `dead-letters show`'],
    ['status extra', 'unexpected argument `extra`'],
    ['status --yes', '`status` does not take --yes'],
    ['reevaluate phone', '--device ID'],
    ['reevaluate --code x', '`reevaluate` does not take --code'],
    ['entra write --no-wait', '`entra write` does not take --wait'],
    ['streams pause', 'the stream id is missing'],
    ['streams pause a b', 'unexpected argument `b`'],
    ['quarantine list --all', '`quarantine list` does not take --all'],
    ['quarantine show', 'the name is missing'],
    ['quarantine replay', 'the name is missing'],
    ['quarantine drop', 'the name is missing'],
    ['dead-letters list', 'the queue is missing: give `device-signals` or `compliance-changes`'],
    ['dead-letters drop letters', '`letters` is not a queue of this system: give `device-signals`'],
    ['dead-letters list device-signals --yes', '`dead-letters list` does not take --yes'],
    ['silence-breaker show --device x', '`silence-breaker show` does not take --device'],
    ['status --api foo', '--api must be an https address, not `foo`'],
  ])('rejects `%s` before it does anything', async (words, reason) => {
    const never = (): Promise<never> => Promise.reject(new Error('this command did something'));
    const io = { fetch: never, signIn: never, ask: never };
    // The last `--api` counts.
    const argv = ['--api', 'https://mtd.example', '--audience', 'api://mtd', ...words.split(' ')];
    const { code, out, err } = await callCommand(runOps, argv, io);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(reason);
    expect(err).toContain('see `npm run ops -- --help`');
  });

  it('drops nothing without a confirmation', async () => {
    const argv = ['quarantine', 'drop', 'name', ...DEPLOYED];
    const refused = await callCommand(runOps, argv, answering({}));
    expect([refused.code, refused.err]).toEqual([1, 'nothing was done: confirm with --yes\n']);
    const confirmed = await callCommand(runOps, argv, {
      ...answering({}),
      ask: () => Promise.resolve('Y\n'),
    });
    expect(confirmed).toEqual({ code: 0, out: 'done  name\n', err: '' });
  });
});

describe('runSetup', () => {
  const steps = [
    { id: 'a', title: 'A', isDone: true, doneDateTime: '2026-01-01T00:00:00.000Z' },
    { id: 'b', title: 'B', isDone: false, todo: 'do B' },
  ];

  it('prints the checklist, and returns 1 while a step is open', async () => {
    const outcome = await callCommand(runSetup, ['--api', 'https://mtd.example/api/'], {
      ...answering({ steps }),
      environment: { MTD_TOKEN: 't' },
    });
    expect(outcome).toEqual({
      code: 1,
      out: '[x] A, since 2026-01-01T00:00:00.000Z\n[ ] B\n    do B\n',
      err: '',
    });
  });

  it('returns 2 without a token, and names the variable', async () => {
    const { code, err } = await callCommand(runSetup, ['--api', 'https://mtd.example']);
    expect(code).toBe(2);
    expect(err).toContain('MTD_TOKEN');
    expect(err).toContain('see `npm run setup -- --help`');
  });

  it('returns 2 for an address that is no URL', async () => {
    const { code, err } = await callCommand(runSetup, ['--api', 'foo'], {
      environment: { MTD_TOKEN: 't' },
    });
    expect([code, err]).toEqual([2, expect.stringContaining('not `foo`')]);
  });

  it('returns 2 and prints the error if the system rejects the request', async () => {
    const error = { code: 'notPermitted', message: 'a role is missing' };
    const { code, err } = await callCommand(runSetup, ['--api', 'https://mtd.example'], {
      ...answering({ error }, 403),
      environment: { MTD_TOKEN: 't' },
    });
    expect([code, err]).toEqual([
      2,
      'https://mtd.example answered 403: notPermitted: a role is missing\n',
    ]);
  });
});

describe('requireYes', () => {
  it.each(['', 'n', 'yesterday'])('takes %j as no', async (answer) => {
    const io = { ask: () => Promise.resolve(answer) };
    await expect(requireYes({ yes: false }, 'Delete?', io)).rejects.toThrow('--yes');
  });

  it('asks no question after --yes', async () => {
    const io = { ask: () => Promise.reject(new Error('asked')) };
    await expect(requireYes({ yes: true }, 'Delete?', io)).resolves.toBeUndefined();
  });
});

describe('createProgress', () => {
  it('draws a bar on a terminal only', () => {
    let drawn = '';
    const progress = createProgress({ redraw: (text) => void (drawn += text) });
    progress.show(1, 2);
    progress.end();
    expect(drawn).toBe(`\r[${'#'.repeat(15)}${' '.repeat(15)}] 1 of 2\n`);
    const none = createProgress({ redraw: undefined });
    none.show(1, 2);
    expect(() => none.end()).not.toThrow();
  });
});
