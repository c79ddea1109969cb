import { expect, it } from 'vitest';
import { foldName, isSameName } from '../../../shared/base/foldName.ts';

it.each([
  ['Ada@Contoso.Example', 'ada@contoso.example'],
  ['straße', 'STRASSE'],
  ['straße', 'STRAẞE'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
  ['İnci', 'i\u0307nci'],
  ['jürgen', 'JU\u0308RGEN'],
  ['Åsa', 'A\u030Asa'],
  ['Åsa', '\u212Bsa'],
  ['ﬁnance', 'FINANCE'],
  ['ṩ', 's\u0307\u0323'],
  ['한', '\u1112\u1161\u11AB'],
  ['ſ', 'S'],
  ['Ꭰ', 'ꭰ'],
])('`%s` and `%s` are the same name', (a, b) => {
  expect(isSameName(a, b)).toBe(true);
});

it.each([
  ['ada', 'adá'],
  ['ı', 'i'],
  ['ı', 'I'],
  ['İ', 'I'],
  ['ä', 'ae'],
  ['ada', 'ada '],
  ['а', 'a'],
])('`%s` and `%s` are different names', (a, b) => {
  expect(isSameName(a, b)).toBe(false);
});

it('has one form for every letter of Unicode, whatever its case and form', () => {
  const different: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const letter = String.fromCodePoint(code).toWellFormed();
    const folded = foldName(letter);
    const same = [letter.toLowerCase(), letter.toUpperCase(), letter.normalize('NFD'), folded];
    if (same.some((each) => foldName(each) !== folded)) different.push(letter);
  }
  // Its capital is that of `i`, and Unicode folds it to itself.
  expect(different).toEqual(['ı']);
});
