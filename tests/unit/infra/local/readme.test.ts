import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';

const page = readFileSync(join(PROJECT_ROOT, 'infra/local/README.md'), 'utf8');
const [, after = ''] = page.split('\n## What the real services do\n');
const [section = ''] = after.split(/^## /m);
const services = section.split(/^### /m).slice(1);
const entries = services.flatMap((service) => service.split(/^- /m).slice(1));

/** Whether a test holds the entry itself, or the one that says how many of the next ones its test holds. */
function findUntested(service: string): readonly string[] {
  const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'];
  let held = 0;
  return service
    .split(/^- /m)
    .slice(1)
    .filter((entry) => {
      const [, count = ''] = /also (?:tests )?the next (\w+)/.exec(entry) ?? [];
      const isHeld = held > 0 || /Test: \[\w+\]\(.+\.test\.ts\)/.test(entry);
      held = Math.max(held - 1, WORDS.indexOf(count), 0);
      return !isHeld && !entry.includes('Left out: ');
    });
}

describe('what the real services do', () => {
  it('is told of each service', () => {
    expect(entries.length).toBeGreaterThan(30);
    expect(services.map((service) => service.split('\n')[0])).toEqual(
      expect.arrayContaining(['Functions host', 'Service Bus', 'Cosmos DB']),
    );
  });

  it('has a source in each entry, unless the entry is left out', () => {
    const unsourced = entries.filter(
      (entry) => !/Source: \[.+\]\(https:\/\/.+\)/.test(entry) && !entry.includes('Left out: '),
    );
    expect(unsourced).toEqual([]);
  });

  it.each(services)('is held by a test, or left out knowingly: %s', (service) => {
    expect(findUntested(service)).toEqual([]);
  });
});
