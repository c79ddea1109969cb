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
])('npm run %s', (script, run) => {
  it('prints its usage', async () => {
    const { code, out, err } = await callCommand(run, ['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`usage: npm run ${script} -- `);
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

  it('returns 1 and prints the answer of a failed request', async () => {
    const io = answering({ code: 'notFound' }, 404);
    const { code, err } = await callCommand(runOps, ['streams', 'pause', 'x', ...DEPLOYED], io);
    expect([code, err]).toEqual([1, 'POST ssf/status answered 404: {"code":"notFound"}\n']);
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

  it('returns 2 without a token', async () => {
    const { code, err } = await callCommand(runSetup, ['--api', 'https://mtd.example']);
    expect([code, err]).toEqual([2, expect.stringContaining('usage: npm run setup')]);
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
