import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';
import type { Language } from '../texts/languages.ts';
import type { Instructions } from '../texts/texts.ts';
import { toInstructions } from '../texts/toInstructions.ts';

/** The answer to one request of `POST /api/accessDecisions`. */
export interface AccessAnswer extends Omit<AccessOutcome, 'remediation'> {
  readonly remediation: readonly (Instructions & { readonly code: string })[];
}

/** A decision with the instructions for the user in `language`. */
export function toAccessAnswer(outcome: AccessOutcome, language: Language): AccessAnswer {
  const remediation = outcome.remediation.map((each) => toInstructions(each, language));
  return { ...outcome, remediation };
}
