import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../long/simulation/mutants.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

describe('the faults that the simulation has to find', () => {
  it.each(MUTANTS.map(({ name, ...mutant }) => [name, mutant] as const))(
    'fit the product exactly once: %s',
    (_, { file, from, to }) => {
      const source = readFileSync(join(ROOT, file), 'utf8');
      expect([file, source.split(from).length - 1]).toEqual([file, 1]);
      expect(to).not.toBe(from);
    },
  );

  it('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });
});
