import type { Remediation } from '../../domain/access/remediation.ts';
import { LANGUAGES, type Language } from './languages.ts';
import type { Instructions } from './texts.ts';

/** A remediation as shown to a user: its stable code and its text, which the organisation may replace with its own. */
export function toInstructions(
  { code, organisation }: Remediation,
  language: Language,
): Instructions & { readonly code: string } {
  const standard = LANGUAGES[language].remediation[code];
  return organisation === undefined
    ? { code, ...standard }
    : {
        code: `${code}:${organisation.threatType}`,
        title: standard.title,
        steps: organisation.steps,
      };
}
