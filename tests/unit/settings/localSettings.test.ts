import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../shared/settings/config.ts';

const EXAMPLE = new URL('../../../local.settings.example.json', import.meta.url);
const README = new URL('../../../shared/settings/README.md', import.meta.url);

/** Read by the runtime itself. */
const OF_THE_RUNTIME = ['FUNCTIONS_WORKER_RUNTIME', 'FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR'];

/** Named in the registrations of timers. */
const SCHEDULES = [
  'ENROLMENT_SYNC_SCHEDULE',
  'HEARTBEAT_SWEEP_SCHEDULE',
  'PUBLICATION_RETRY_SCHEDULE',
  'REEVALUATION_SCHEDULE',
];

const { Values: example } = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as {
  Values: Record<string, string>;
};

describe('local.settings.example.json', () => {
  it('is accepted unchanged', () => {
    expect(() => readConfig(example)).not.toThrow();
  });

  it('has no setting that nothing reads', () => {
    const read = new Set<string | symbol>([...SCHEDULES, ...OF_THE_RUNTIME]);
    const watched = new Proxy(example, {
      get: (values, name, receiver): unknown => {
        read.add(name);
        return Reflect.get(values, name, receiver);
      },
    });
    readConfig(watched);
    expect(Object.keys(example).filter((name) => !read.has(name))).toEqual([]);
  });
});

describe('the README of the settings', () => {
  const readme = readFileSync(README, 'utf8');
  const explained = new Map(
    [...readme.matchAll(/^- `([A-Za-z_]+)`: ((?:.|\n(?!- |\n))+)/gm)].map(
      ([, name = '', text = '']): [string, string] => [name, text.replaceAll(/\s+/g, ' ')],
    ),
  );
  const found = (pattern: RegExp): readonly (readonly [string, ...string[]])[] =>
    [...explained].flatMap(([name, text]) => {
      const match = name in example ? pattern.exec(text) : null;
      return match === null ? [] : [[name, ...match.slice(1)] as const];
    });

  it('explains every setting', () => {
    expect(Object.keys(example).filter((name) => !explained.has(name))).toEqual(OF_THE_RUNTIME);
  });

  const defaults = found(/Default: `([^`]+)`/);
  it.each(defaults)('names the default of %s', (name, value) => {
    const { [name]: _, ...others } = example;
    expect(readConfig(others)).toEqual(readConfig({ ...others, [name]: value }));
  });

  const ranges = found(/Allowed: (\d+) to (\d+)/);
  it.each(ranges)('names the range of %s', (name, least = '', most = '') => {
    const withValue = (value: number) => () => readConfig({ ...example, [name]: String(value) });
    expect(withValue(Number(least))).not.toThrow();
    expect(withValue(Number(most))).not.toThrow();
    expect(withValue(Number(least) - 1)).toThrow(name);
    expect(withValue(Number(most) + 1)).toThrow(name);
  });

  it.each(SCHEDULES.map((name) => [name]))('shows the example of %s', (name) => {
    expect(explained.get(name)).toContain(`Example: \`${example[name] ?? ''}\``);
  });

  it('names the required settings', () => {
    const required = Object.keys(example).filter((name) => {
      const { [name]: _, ...others } = example;
      try {
        readConfig(others);
        return false;
      } catch {
        return true;
      }
    });
    const named = [...explained].filter(([, text]) => /\brequired\b/i.test(text));
    expect(named.map(([name]) => name)).toEqual(expect.arrayContaining(required));
    expect([defaults.length > 8, ranges.length > 4]).toEqual([true, true]);
  });
});
