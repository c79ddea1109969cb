import type { DecisionRecord } from '../ports/logs.ts';
import type { DecidedAccess } from './decidedAccess.ts';

const SHOWN_CHARACTERS = 4;

/** The log entry of a decision. Its identifiers suffice to recognise a known device or user, not to discover one. */
export function toDecisionRecord(
  { request, outcome }: DecidedAccess,
  caller: string,
): DecisionRecord {
  const { decisionId, evaluatedDateTime, decision, reasons, identifiedBy } = outcome;
  const { userPrincipalName } = request;
  return {
    decisionId,
    evaluatedDateTime,
    caller,
    resource: request.resource,
    identifiedBy,
    device: toMasked(request.device.value),
    ...(userPrincipalName === undefined ? {} : { userPrincipalName: toMasked(userPrincipalName) }),
    decision,
    complianceState: outcome.complianceState,
    reasonCodes: reasons.map(({ code }) => code),
    policyVersion: outcome.policyVersion,
  };
}

/**
 * Masks all but the last four characters, or the last quarter if that is less. Of a user principal name, only the part
 * before the `@` is masked.
 */
export function toMasked(identifier: string): string {
  const [local = '', ...domain] = identifier.split('@');
  const shown = Math.min(SHOWN_CHARACTERS, Math.floor(local.length / 4));
  const masked = `…${shown === 0 ? '' : local.slice(-shown)}`;
  return domain.length === 0 ? masked : `${masked}@${domain.join('@')}`;
}
