import { expect, it } from 'vitest';
import { hashDeployment } from '../../../../../infra/deploy/stack/hashDeployment.ts';
import type { Deployment } from '../../../../../infra/deploy/resourceChanges.ts';

const hashOf = (parameters: Deployment['parameters'], resources = {}): string =>
  hashDeployment({ scope: '/', name: 'mtd', template: { parameters: {}, resources }, parameters });

it('is the same in whatever order the parameters are given', () => {
  const [a, b] = [{ value: 1 }, { value: 2 }];
  expect(hashOf({ a, b })).toBe(hashOf({ b, a }));
  expect(hashOf({ a, b })).toMatch(/^[\da-f]{32}$/);
});

it('differs with the template and with each parameter', () => {
  const hashes = [
    hashOf({}),
    hashOf({ a: { value: 1 } }),
    hashOf({ a: { value: 2 } }),
    hashOf({}, { site: { type: 'A.B/c' } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
