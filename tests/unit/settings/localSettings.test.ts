import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readConfig } from '../../../shared/settings/config.ts';

const EXAMPLE = new URL('../../../local.settings.example.json', import.meta.url);
const README = new URL('../../../README.md', import.meta.url);

/** What the runtime itself reads. */
const OF_THE_RUNTIME = ['FUNCTIONS_WORKER_RUNTIME', 'FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR'];

/** What stands in the registrations of timers. */
const SCHEDULES = [
  'ENROLMENT_SYNC_SCHEDULE',
  'HEARTBEAT_SWEEP_SCHEDULE',
  'PUBLICATION_RETRY_SCHEDULE',
  'REEVALUATION_SCHEDULE',
];

const { Values: example } = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as {
  Values: Record<string, string>;
};

it('is complete: the settings of the example are accepted as they stand', () => {
  expect(() => readConfig(example)).not.toThrow();
});

it('holds no setting that nothing reads', () => {
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

it('is explained: the README has a row for every setting', () => {
  const readme = readFileSync(README, 'utf8');
  expect(Object.keys(example).filter((name) => !readme.includes(`| \`${name}\``))).toEqual([
    ...OF_THE_RUNTIME,
  ]);
});
