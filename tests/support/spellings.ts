import fc from 'fast-check';

/** Two spellings of one name. */
export type TwoSpellings = readonly [string, string];

const CASES = [
  (text: string) => text,
  (text: string) => text.toLowerCase(),
  (text: string) => text.toUpperCase(),
  (text: string) =>
    Array.from(text, (each, at) => (at % 2 === 0 ? each.toUpperCase() : each)).join(''),
] as const;

function twoOf(
  name: fc.Arbitrary<string>,
  spellings: readonly ((name: string) => string)[],
): fc.Arbitrary<TwoSpellings> {
  const spelling = fc.constantFrom(...spellings);
  return fc.tuple(name, spelling, spelling).map(([text, a, b]) => [a(text), b(text)]);
}

/** A GUID in either case, in braces or not. */
export const guids = twoOf(
  fc.uuid(),
  CASES.flatMap((toCase) => [toCase, (guid: string) => `{${toCase(guid)}}`]),
);

/** Letters whose case or form is not a matter of one character: ß, İ, the final sigma, the ligature ﬁ, Hangul, diacritics. */
const LETTERS = ['a', 'Z', '7', '.', 'ß', 'ẞ', 'İ', 'Σ', 'ς', 'ü', 'Å', 'ṩ', 'ﬁ', 'ŉ', 'ᾳ', '한'];

const names = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 12 })
  .map((letters) => letters.join(''));

/** A name of a person or an app, in any case and either Unicode form. */
export const peoplesNames = twoOf(
  names,
  CASES.flatMap((toCase) => [
    (name: string) => toCase(name).normalize('NFC'),
    (name: string) => toCase(name).normalize('NFD'),
  ]),
);

/** The notations of a MAC address. */
const MAC_NOTATIONS: readonly ((digits: string) => string)[] = [
  (digits) => digits,
  (digits) => digits.replaceAll(/(..)(?=.)/g, '$1:'),
  (digits) => digits.replaceAll(/(..)(?=.)/g, '$1-'),
  (digits) => digits.replaceAll(/(....)(?=.)/g, '$1.'),
];

/** A MAC address in any of its notations and cases. */
export const macAddresses = twoOf(
  fc.stringMatching(/^[0-9a-f]{12}$/),
  MAC_NOTATIONS.flatMap((write) =>
    CASES.map((toCase) => (digits: string) => toCase(write(digits))),
  ),
);

/** A version with what a vendor puts around it. */
export const versions = twoOf(
  fc.array(fc.nat(99), { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.')),
  [
    (version) => version,
    (version) => `${version} (22B83)`,
    (version) => `${version}(22B83)`,
    (version) => `${version} (2026-05-01)`,
    (version) => `Android ${version} (2026-05-01)`,
    (version) => `${version} (API 36)`,
    (version) => `Version ${version} (Build 22B83)`,
    (version) => `iPhone OS ${version}`,
    (version) => `iPadOS ${version}`,
    (version) => `${version} (QPR2)`,
    (version) => `${version} QPR2`,
    (version) => `${version}.0`,
  ],
);
