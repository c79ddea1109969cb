import { describe, expect, it } from 'vitest';
import { THREAT_CATALOGUE } from '../../../../shared/domain/threats/threatCatalogue.ts';
import {
  chooseLanguage,
  LANGUAGES,
  type Language,
} from '../../../../shared/edge/texts/languages.ts';

it.each([
  [null, 'en'],
  ['', 'en'],
  ['sv', 'sv'],
  ['sv-SE', 'sv'],
  ['SV-se,en;q=0.5', 'sv'],
  ['en,sv', 'en'],
  ['de, sv;q=0.8, en;q=0.7', 'sv'],
  ['de', 'en'],
  ['*', 'en'],
  ['sv;q=0, *', 'en'],
  ['\u0000;;;q=x', 'en'],
])('chooses for Accept-Language %j the language %s', (header, language) => {
  expect(chooseLanguage(header)).toBe(language);
});

describe.each(Object.keys(LANGUAGES) as Language[])('the texts in %s', (language) => {
  const texts = LANGUAGES[language];

  it('have a sentence for exactly the threats of the catalogue', () => {
    const types = THREAT_CATALOGUE.map(({ threatType }) => threatType);
    expect(Object.keys(texts.threats).toSorted()).toEqual(types.toSorted());
  });

  it('have the same reasons as English', () => {
    expect(Object.keys(texts.reasons)).toEqual(Object.keys(LANGUAGES.en.reasons));
  });

  it('have as many remediation steps as English', () => {
    const steps = (all: typeof texts.remediation): object =>
      Object.fromEntries(Object.entries(all).map(([code, each]) => [code, each.steps.length]));
    expect(steps(texts.remediation)).toEqual(steps(LANGUAGES.en.remediation));
  });
});
