import Negotiator from 'negotiator';
import { ENGLISH } from './english.ts';
import { SWEDISH } from './swedish.ts';
import type { Texts } from './texts.ts';

/** The languages of texts for users, by BCP 47 tag. */
export const LANGUAGES = { en: ENGLISH, sv: SWEDISH } as const satisfies Record<string, Texts>;
export type Language = keyof typeof LANGUAGES;

/** For users who request none of these languages. */
const DEFAULT_LANGUAGE: Language = 'en';

/** The supported language that `Accept-Language` ranks first (RFC 9110 section 12.5.4). */
export function chooseLanguage(acceptLanguage: string | null): Language {
  if (acceptLanguage === null) return DEFAULT_LANGUAGE;
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } });
  const [best] = negotiator.languages(Object.keys(LANGUAGES));
  return (best as Language | undefined) ?? DEFAULT_LANGUAGE;
}
