import { expect, it } from 'vitest';
import { findCircles } from '../../support/findCircles.ts';

const graphOf = (edges: Readonly<Record<string, string>>): ReadonlyMap<string, Set<string>> =>
  new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to.split(' '))]));

it.each([
  ['a tree', { a: 'b c', b: 'd', c: 'd' }, []],
  ['two nodes that name each other', { a: 'b', b: 'a' }, [['a', 'b']]],
  ['a circle behind a tail', { x: 'a', a: 'b', b: 'c', c: 'a d' }, [['a', 'b', 'c']]],
  [
    'two circles that share no node',
    { a: 'b', b: 'a c', c: 'd', d: 'c' },
    [
      ['c', 'd'],
      ['a', 'b'],
    ],
  ],
])('finds the circles of %s', (_, edges, circles) => {
  expect(findCircles(graphOf(edges))).toEqual(circles);
});
