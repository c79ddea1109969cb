import { describe, expect, it } from 'vitest';
import { supersedes } from '../../../../shared/domain/devices/supersedes.ts';

type Fact = Parameters<typeof supersedes>[0];

const NOON = '2026-01-01T12:00:00.000Z';
const LATER = '2026-01-01T12:00:00.001Z';
const fact = (changes: Partial<Fact>): Fact => ({
  observedDateTime: NOON,
  signalId: 'b',
  ...changes,
});

describe('supersedes', () => {
  // The first fact wins by one criterion and loses by every criterion of lower rank.
  it.each<[string, Fact, Fact]>([
    [
      'the later one, whatever its value',
      fact({ observedDateTime: LATER, signalId: 'a', value: { riskLevel: 'minimal' } }),
      fact({ value: { riskLevel: 'high' } }),
    ],
    [
      'at one moment, the end of an incident',
      fact({ signalId: 'a', value: { status: 'resolved' } }),
      fact({ value: { status: 'open' } }),
    ],
    [
      'at one moment, the worse verdict',
      fact({ signalId: 'a', value: { riskLevel: 'low' } }),
      fact({ value: { riskLevel: 'minimal' } }),
    ],
    [
      'at one moment and level, the misconfigured app',
      fact({ signalId: 'a', value: { riskLevel: 'low', healthState: 'misconfigured' } }),
      fact({ value: { riskLevel: 'low' } }),
    ],
    [
      'at one moment, the higher level over a misconfigured app',
      fact({ signalId: 'a', value: { riskLevel: 'medium' } }),
      fact({ value: { riskLevel: 'low', healthState: 'misconfigured' } }),
    ],
    [
      'at one moment, the compromise over any level',
      fact({ signalId: 'a', value: { riskLevel: 'minimal', healthState: 'compromised' } }),
      fact({ value: { riskLevel: 'high', healthState: 'misconfigured' } }),
    ],
    [
      'at one moment, of two compromises, the higher level',
      fact({ signalId: 'a', value: { riskLevel: 'low', healthState: 'compromised' } }),
      fact({ value: { riskLevel: 'minimal', healthState: 'compromised' } }),
    ],
    [
      'at one moment and weight, the higher signal id',
      fact({ signalId: 'c', value: { passcodeEnabled: false } }),
      fact({ value: { passcodeEnabled: true } }),
    ],
    ['at one moment without a value, the higher signal id', fact({ signalId: 'c' }), fact({})],
    [
      'with one signal id, the higher text',
      fact({ value: { title: 'B' }, receivedDateTime: LATER }),
      fact({ value: { title: 'A' }, receivedDateTime: NOON }),
    ],
    [
      'with one signal id, the higher text of the first differing key in alphabetical order',
      fact({ value: { title: 'A', resource: 'B' } }),
      fact({ value: { title: 'B', resource: 'A' } }),
    ],
    [
      'of two copies, the one that arrived first',
      fact({ value: { status: 'open' }, receivedDateTime: NOON }),
      fact({ value: { status: 'open' }, receivedDateTime: LATER }),
    ],
    [
      'of two copies, the one that was stored without an arrival time',
      fact({ value: { status: 'open' } }),
      fact({ value: { status: 'open' }, receivedDateTime: LATER }),
    ],
  ])('prefers %s', (_, better, worse) => {
    expect([supersedes(better, worse), supersedes(worse, better)]).toEqual([true, false]);
  });

  it.each<[string, Fact, Fact]>([
    ['an equal fact', fact({ value: { title: 'A' } }), fact({ value: { title: 'A' } })],
    [
      'an equal fact with its keys in another order at any depth',
      fact({ value: { cves: [{ id: 'CVE-1', cvss: 9 }], os: { a: 1, b: 2, c: null } } }),
      { value: { os: { c: null, b: 2, a: 1 }, cves: [{ cvss: 9, id: 'CVE-1' }] }, ...fact({}) },
    ],
  ])('prefers neither %s', (_, one, other) => {
    expect([supersedes(one, other), supersedes(other, one)]).toEqual([false, false]);
  });

  it.each<[string, unknown, unknown]>([
    ['a list and the same list in another order', ['a', 'b'], ['b', 'a']],
    ['a list and an object of its keys', ['a'], { 0: 'a' }],
    ['null and an object', null, {}],
  ])('prefers exactly one of %s', (_, one, other) => {
    const [a, b] = [fact({ value: { part: one } }), fact({ value: { part: other } })];
    expect(supersedes(a, b)).toBe(!supersedes(b, a));
  });
});
