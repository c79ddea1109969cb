const LONG = 5000;

/** Values that say nothing, so the property counts as absent. */
export const ABSENT: readonly unknown[] = [null, '', undefined];

/** Values in place of a word that no vocabulary has. */
export const UNKNOWN_WORDS: readonly unknown[] = [
  'a word of tomorrow',
  'x'.repeat(LONG),
  'é\u0000"\\',
  0,
  -1,
  true,
  [],
  ['low'],
  [null],
  {},
  { level: 'low' },
];

/** Values in place of a free text, which costs that text alone. */
export const ODD_TEXTS: readonly unknown[] = [...ABSENT, 'x'.repeat(LONG), '\ud800', 7, [], {}];

/** Times that stand for an absent one, as languages and databases write them, and others that are none. */
export const NO_TIMES: readonly unknown[] = [
  ...ABSENT,
  'yesterday',
  1767268800,
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  {},
];

export const PLACEHOLDER_TIMES: readonly unknown[] = [
  '0001-01-01T00:00:00Z',
  '1970-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59Z',
];

/** Moments at which nothing can have ended yet. */
export const FUTURE_TIMES: readonly unknown[] = [
  '2400-01-01T00:00:00Z',
  '2101-06-01T00:00:00+02:00',
];

/** The word as some senders write it. It means the same. */
export const toOddCase: readonly ((word: string) => string)[] = [
  (word) => word.toUpperCase(),
  (word) => ` ${word} `,
  (word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`,
];

/** The moment with an offset, or a longer fraction. */
export const toOddTime: readonly ((moment: number) => string)[] = [
  (moment) => new Date(moment).toISOString().replace('Z', '999Z'),
  (moment) => new Date(moment + 2 * 60 * 60 * 1000).toISOString().replace('Z', '+02:00'),
  (moment) => new Date(moment).toISOString().replace('Z', '+0000'),
  (moment) => new Date(moment).toISOString().replace('Z', '-00:00'),
  (moment) => new Date(moment).toISOString().toLowerCase(),
];
