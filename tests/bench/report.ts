/** A figure of the run and, if it is a claim, whether it holds. */
export interface Row {
  readonly what: string;
  readonly figure: number;
  readonly unit: string;
  /** The figure as a multiple of the section's first row, or of the named row. */
  readonly ratio?: { readonly of: string; readonly value: number };
  readonly claim?: { readonly text: string; readonly holds: boolean };
}

export interface Curve {
  readonly name: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly curves?: readonly Curve[];
}

/** A claim about a figure: `at least` or `at most`. */
export function atLeast(figure: number, limit: number): NonNullable<Row['claim']> {
  return { text: `at least ${String(limit)}`, holds: figure >= limit };
}

export function atMost(figure: number, limit: number): NonNullable<Row['claim']> {
  return { text: `at most ${String(limit)}`, holds: figure <= limit };
}

/** Three significant digits; all digits from a thousand on. */
export function toFigure(value: number): string {
  return value.toLocaleString(
    'en-US',
    Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}

/** The section as readable lines. */
export function toText({ title, rows }: Section): string {
  const lines = rows.map(({ what, figure, unit, ratio, claim }) => {
    const name = what.padEnd(62);
    const measured = `${toFigure(figure).padStart(12)} ${unit.padEnd(14)}`;
    const against = ratio === undefined ? '' : `${toFigure(ratio.value)}× ${ratio.of}`;
    const verdict = claim === undefined ? '' : `${claim.holds ? 'ok' : 'FAILED'}: ${claim.text}`;
    return `  ${name} ${measured} ${against.padEnd(34)} ${verdict}`.trimEnd();
  });
  return [title, ...lines, ''].join('\n');
}
