import type { Remediation } from '../../domain/access/remediation.ts';
import { LANGUAGES, type Language } from './languages.ts';
import type { Instructions } from './texts.ts';

/** A remediation as it is told to a user: its stable code, and the words; the organisation's own, where it has some. */
export function toInstructions(
  { code, organisation }: Remediation,
  language: Language,
): Instructions & { readonly code: string } {
  const usual = LANGUAGES[language].remediation[code];
  return organisation === undefined
    ? { code, ...usual }
    : { code: `${code}:${organisation.threatType}`, title: usual.title, steps: organisation.steps };
}
