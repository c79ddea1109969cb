const NOT_ASCII = /[^ -~]/;
/** It folds to itself (Unicode `CaseFolding.txt`), but its capital letter is that of `i`. */
const DOTLESS_I = 'ı';

/**
 * The one form in which names of people and apps are compared: full case folding, then NFC (The Unicode Standard, section
 * 3.13, definition D145). So `ß` equals `SS`, `ς` equals `σ`, and `ü` equals `u` with a combining diaeresis. RFC 6532
 * section 3.1 recommends NFC for the addresses that user principal names are modelled on. Entra ignores case.
 */
export function foldName(name: string): string {
  if (!NOT_ASCII.test(name)) return name.toLowerCase();
  return Array.from(name.normalize('NFD'), foldCharacter).join('').normalize('NFC');
}

/** Whether two names are the same in any case and any Unicode form. */
export function isSameName(a: string, b: string): boolean {
  return a === b || foldName(a) === foldName(b);
}

/**
 * JavaScript has no case folding. The lower case of the upper case of the lower case makes the same characters equal as
 * `CaseFolding.txt` does, with one exception, the dotless i. It folds one character at a time, because the lower case of
 * `Σ` depends on its place in the word.
 */
function foldCharacter(character: string): string {
  return character === DOTLESS_I ? character : character.toLowerCase().toUpperCase().toLowerCase();
}
