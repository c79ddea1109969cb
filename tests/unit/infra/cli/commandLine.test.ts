import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { runCommandLine, type CommandLine } from '../../../../infra/cli/commandLine.ts';
import type { CommandIo } from '../../../../infra/cli/commandIo.ts';
import { findCommand } from '../../../../infra/cli/findCommand.ts';
import { requireEndpoint } from '../../../../infra/cli/requireEndpoint.ts';
import { callCommand } from '../../../support/commandIo.ts';

const LINE: CommandLine = {
  script: 'paint',
  usage: 'usage: npm run paint',
  options: { colour: { type: 'string' } },
};

describe('runCommandLine', () => {
  /** Prints the options and words that the work gets. */
  const paint =
    (line: CommandLine) =>
    (argv: readonly string[], io: CommandIo): Promise<number> =>
      runCommandLine(line, { argv, io }, ({ values, words }) => {
        io.print(JSON.stringify([values, words]));
        return 0;
      });
  const HINT = 'see `npm run paint -- --help`\n';

  it.each([
    [['--bogus'], "Unknown option '--bogus'\n"],
    [['extra'], "Unexpected argument 'extra'\n"],
    [['--colour'], "Option '--colour <value>' argument missing\n"],
  ])('rejects %j', async (argv, reason) => {
    const outcome = await callCommand(paint(LINE), argv);
    expect(outcome).toEqual({ code: 2, out: '', err: `${reason}${HINT}` });
  });

  it('gives options and words to the work', async () => {
    const argv = ['wall', '--colour', 'red'];
    const { code, out } = await callCommand(paint({ ...LINE, takesCommand: true }), argv);
    expect([code, out]).toEqual([0, '[{"colour":"red"},["wall"]]\n']);
  });

  it.each([
    [['--help'], 0],
    [[], 2],
  ])('prints its usage for %j if it takes a command', async (argv, code) => {
    const outcome = await callCommand(paint({ ...LINE, takesCommand: true }), argv);
    expect(outcome).toEqual({ code, out: 'usage: npm run paint\n', err: '' });
  });
});

describe('findCommand', () => {
  const commands = { status: 1, 'wall paint': 2, 'wall show': 3 };

  it.each([
    ['constructor', ''],
    ['frobnicate', ''],
    ['wall', '; there is `wall paint`, `wall show`'],
    ['wall drop', '; there is `wall paint`, `wall show`'],
  ])('rejects `%s` and names similar commands', (name, known) => {
    expect(() => findCommand(commands, name)).toThrow(
      new UsageError(`there is no command \`${name}\`${known}`),
    );
  });

  it('finds a command', () => {
    expect([findCommand(commands, 'status'), findCommand(commands, 'wall show')]).toEqual([1, 3]);
  });
});

describe('requireEndpoint', () => {
  it.each(['foo', '', 'http://mtd.example', 'ftp://127.0.0.1'])('rejects %j', (text) => {
    expect(() => requireEndpoint('--api', text)).toThrow(
      new UsageError(`--api must be an https address, not \`${text}\``),
    );
  });

  it.each(['https://mtd.example/api', 'http://127.0.0.1:7071', 'http://[::1]'])(
    'accepts %s',
    (text) => {
      expect(requireEndpoint('--api', text)).toBe(text);
    },
  );
});
