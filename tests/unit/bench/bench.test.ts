import { describe, expect, it } from 'vitest';
import { measureEvaluation } from '../../bench/evaluation/measureEvaluation.ts';
import { atLeast, atMost, toFigure } from '../../bench/report.ts';
import { median } from '../../../infra/node/percentiles.ts';
import { takeTurns } from '../../bench/takeTurns.ts';
import { toPicture } from '../../bench/toPicture.ts';

describe('the benchmark', () => {
  it('compares engines that give the same answer in every case', async () => {
    const { rows } = await measureEvaluation({
      cases: 2000,
      turns: { rounds: 1, millisecondsATurn: 1 },
    });
    const compared = rows.filter(({ what }) => what.startsWith('other answers'));
    expect(compared.map(({ what, figure }) => [what.split(': ')[1], figure])).toEqual([
      ['a bare loop by hand', 0],
      ['cel-js', 0],
      ['json-logic-js', 0],
      ['json-rules-engine', 0],
      ['cedar-wasm', 0],
    ]);
  });

  it('runs each contender in turns, starts each round with another, and does not count the first turn', async () => {
    const order: string[] = [];
    const turn = (name: string) => () => {
      order.push(name);
      return 1;
    };
    const rates = await takeTurns(
      { a: turn('a'), b: turn('b') },
      { rounds: 2, millisecondsATurn: 0, by: 'wall' },
    );
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(rates.a).toBeGreaterThan(0);
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2],
  ])('has for %j the median %d', (measured, middle) => {
    expect(median(measured)).toBe(middle);
  });

  it('decides whether a claim holds and formats its figure', () => {
    expect([atLeast(10, 10).holds, atLeast(9.99, 10).holds]).toEqual([true, false]);
    expect([atMost(0.5, 0.5).holds, atMost(0.51, 0.5).holds]).toEqual([true, false]);
    expect([toFigure(1234.56), toFigure(0.12345)]).toEqual(['1,235', '0.123']);
  });

  it('draws a curve on logarithmic axes that grow to the right and upwards', () => {
    const points = [
      [10, 1],
      [100, 10],
      [1000, 100],
    ] as const;
    const picture = toPicture({ name: 'c', x: 'devices', y: 'ms', points });
    const line = /points="([^"]+)"/.exec(picture)?.[1]?.split(' ') ?? [];
    const places = line.map((place) => place.split(',').map(Number));
    const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = places;
    expect(x1 - x0).toBeCloseTo(x2 - x1);
    expect(y0 - y1).toBeCloseTo(y1 - y2);
    expect([x2 > x0, y2 < y0]).toEqual([true, true]);
  });
});
