import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../../../shared/base/boundedMap.ts';

function mapOf(limit: number, ...keys: readonly string[]): BoundedMap<string, string> {
  const map = new BoundedMap<string, string>(limit);
  for (const key of keys) map.set(key, key.toUpperCase());
  return map;
}

describe('BoundedMap', () => {
  it('returns what was set', () => {
    const map = mapOf(2, 'a', 'b');
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual(['A', 'B', undefined]);
  });

  it('evicts the oldest entry when a new one exceeds the limit', () => {
    const map = mapOf(2, 'a', 'b', 'c');
    expect([map.has('a'), map.has('b'), map.has('c')]).toEqual([false, true, true]);
    expect(map.size).toBe(2);
  });

  it('makes an entry the newest that is set again', () => {
    const map = mapOf(2, 'a', 'b', 'a', 'c');
    expect([map.has('a'), map.has('b'), map.has('c')]).toEqual([true, false, true]);
  });

  it.each([
    ['a', ['other', 'B']],
    ['b', ['A', 'other']],
  ])('evicts nothing when the known key %s is set at the limit', (key, expected) => {
    const map = mapOf(2, 'a', 'b');
    map.set(key, 'other');
    expect([map.get('a'), map.get('b')]).toEqual(expected);
  });

  it('distinguishes an absent entry from one that is undefined', () => {
    const map = new BoundedMap<string, string | undefined>(1);
    map.set('a', undefined);
    expect([map.has('a'), map.has('b')]).toEqual([true, false]);
  });

  it('makes room when an entry is deleted', () => {
    const map = mapOf(2, 'a', 'b');
    map.delete('b');
    map.set('c', 'C');
    expect([map.has('a'), map.has('b'), map.has('c')]).toEqual([true, false, true]);
  });

  it('never exceeds its limit', () => {
    const map = mapOf(10, ...Array.from({ length: 1000 }, (_, at) => String(at)));
    expect(map.size).toBe(10);
    expect([map.has('989'), map.has('990')]).toEqual([false, true]);
  });
});
