import { toFigure, type Curve } from './report.ts';

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = 70;

/** A curve as SVG with logarithmic axes. */
export function toPicture({ x, y, points }: Curve): string {
  const toX = axis(
    points.map(([at]) => at),
    MARGIN,
    WIDTH - MARGIN,
  );
  const toY = axis(
    points.map(([, value]) => value),
    HEIGHT - MARGIN,
    MARGIN,
  );
  const line = points.map(([at, value]) => `${toX(at)},${toY(value)}`).join(' ');
  const marks = points.map(
    ([at, value]) =>
      `<circle cx="${toX(at)}" cy="${toY(value)}" r="4"/>` +
      `<text x="${toX(at)}" y="${String(HEIGHT - MARGIN + 20)}" text-anchor="middle">${toFigure(at)}</text>` +
      `<text x="${toX(at)}" y="${String(Number(toY(value)) - 10)}" text-anchor="middle">${toFigure(value)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<polyline points="${line}" fill="none" stroke="black"/>`,
    ...marks,
    `<text x="${String(WIDTH / 2)}" y="${String(HEIGHT - 20)}" text-anchor="middle">${x}</text>`,
    `<text x="20" y="30">${y}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

/** The position of a value between two ends, on a logarithmic scale. */
function axis(values: readonly number[], from: number, to: number): (value: number) => string {
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.ceil(Math.log10(Math.max(...values)));
  const span = Math.max(1, highest - lowest);
  return (value) => (from + ((Math.log10(value) - lowest) / span) * (to - from)).toFixed(1);
}
