import type { DecisionRecord } from '../ports/logs.ts';
import type { DecidedAccess } from './decidedAccess.ts';

const SHOWN_CHARACTERS = 4;

/**
 * What the decision log keeps of a decision: enough to recognise a device or a user that one has at hand, not enough
 * to learn one.
 */
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

/** The last four characters, and never more than a quarter; of a user principal name, those before the `@`. */
export function toMasked(identifier: string): string {
  const [local = '', ...domain] = identifier.split('@');
  const shown = Math.min(SHOWN_CHARACTERS, Math.floor(local.length / 4));
  const masked = `…${shown === 0 ? '' : local.slice(-shown)}`;
  return domain.length === 0 ? masked : `${masked}@${domain.join('@')}`;
}
