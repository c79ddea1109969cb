import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';
import type { Language } from '../texts/languages.ts';
import type { Instructions } from '../texts/texts.ts';
import { toInstructions } from '../texts/toInstructions.ts';

/** The body of an answer of `POST /api/accessDecisions`. */
export interface AccessAnswer extends Omit<AccessOutcome, 'remediation'> {
  readonly remediation: readonly (Instructions & { readonly code: string })[];
}

/** A decision with the user's instructions in `language`. */
export function toAccessAnswer(outcome: AccessOutcome, language: Language): AccessAnswer {
  const remediation = outcome.remediation.map((each) => toInstructions(each, language));
  return { ...outcome, remediation };
}
