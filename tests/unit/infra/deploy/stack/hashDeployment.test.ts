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

it('is the same in whatever order the members of a parameter or a resource are given', () => {
  const [ab, ba] = [
    { A: '1', B: '2' },
    { B: '2', A: '1' },
  ];
  expect(hashOf({ tags: { value: ab } })).toBe(hashOf({ tags: { value: ba } }));
  expect(hashOf({}, { site: { tags: [ab] } })).toBe(hashOf({}, { site: { tags: [ba] } }));
  expect(hashOf({ a: { value: ['1', '2'] } })).not.toBe(hashOf({ a: { value: ['2', '1'] } }));
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
