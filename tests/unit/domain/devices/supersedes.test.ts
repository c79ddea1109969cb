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

describe('of two facts', () => {
  // Each beats the next by one thing, and is worse by all that counts for less.
  it.each<[string, Fact, Fact]>([
    [
      'the later wins, whatever it says',
      fact({ observedDateTime: LATER, signalId: 'a', value: { riskLevel: 'minimal' } }),
      fact({ value: { riskLevel: 'high' } }),
    ],
    [
      'of one moment, the end of an incident',
      fact({ signalId: 'a', value: { status: 'resolved' } }),
      fact({ value: { status: 'open' } }),
    ],
    [
      'of one moment, the worse verdict',
      fact({ signalId: 'a', value: { riskLevel: 'low' } }),
      fact({ value: { riskLevel: 'minimal' } }),
    ],
    [
      'of one moment and level, the app that does not work',
      fact({ signalId: 'a', value: { riskLevel: 'low', healthState: 'misconfigured' } }),
      fact({ value: { riskLevel: 'low' } }),
    ],
    [
      'of one moment, the higher level over the app that does not work',
      fact({ signalId: 'a', value: { riskLevel: 'medium' } }),
      fact({ value: { riskLevel: 'low', healthState: 'misconfigured' } }),
    ],
    [
      'of one moment, the compromise over any level',
      fact({ signalId: 'a', value: { riskLevel: 'minimal', healthState: 'compromised' } }),
      fact({ value: { riskLevel: 'high', healthState: 'misconfigured' } }),
    ],
    [
      'of one moment and two compromises, the higher level',
      fact({ signalId: 'a', value: { riskLevel: 'low', healthState: 'compromised' } }),
      fact({ value: { riskLevel: 'minimal', healthState: 'compromised' } }),
    ],
    [
      'of one moment and weight, the higher signal id',
      fact({ signalId: 'c', value: { passcodeEnabled: false } }),
      fact({ value: { passcodeEnabled: true } }),
    ],
    ['of one moment without a value, the higher signal id', fact({ signalId: 'c' }), fact({})],
    [
      'of one signal id, the higher text',
      fact({ value: { title: 'B' }, receivedDateTime: LATER }),
      fact({ value: { title: 'A' }, receivedDateTime: NOON }),
    ],
    [
      'of one signal id, the higher text of the first key that differs, by the alphabet',
      fact({ value: { title: 'A', resource: 'B' } }),
      fact({ value: { title: 'B', resource: 'A' } }),
    ],
    [
      'of two copies, the one that arrived first',
      fact({ value: { status: 'open' }, receivedDateTime: NOON }),
      fact({ value: { status: 'open' }, receivedDateTime: LATER }),
    ],
    [
      'of two copies, the one that was stored without its arrival, for its own moment',
      fact({ value: { status: 'open' } }),
      fact({ value: { status: 'open' }, receivedDateTime: LATER }),
    ],
  ])('%s wins', (_, better, worse) => {
    expect([supersedes(better, worse), supersedes(worse, better)]).toEqual([true, false]);
  });

  it.each<[string, Fact, Fact]>([
    ['the same', fact({ value: { title: 'A' } }), fact({ value: { title: 'A' } })],
    [
      'the same with its keys in another order, at any depth',
      fact({ value: { cves: [{ id: 'CVE-1', cvss: 9 }], os: { a: 1, b: 2, c: null } } }),
      { value: { os: { c: null, b: 2, a: 1 }, cves: [{ cvss: 9, id: 'CVE-1' }] }, ...fact({}) },
    ],
  ])('neither wins over %s', (_, one, other) => {
    expect([supersedes(one, other), supersedes(other, one)]).toEqual([false, false]);
  });

  it.each<[string, unknown, unknown]>([
    ['a list and the same in another order', ['a', 'b'], ['b', 'a']],
    ['a list and an object of its keys', ['a'], { 0: 'a' }],
    ['nothing and an object', null, {}],
  ])('one wins where they are %s', (_, one, other) => {
    const [a, b] = [fact({ value: { part: one } }), fact({ value: { part: other } })];
    expect(supersedes(a, b)).toBe(!supersedes(b, a));
  });
});
