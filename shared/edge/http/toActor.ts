import { defined } from '../../base/defined.ts';
import type { AuditEvent } from '../../core/ports/logs.ts';
import type { Caller } from '../../core/ports/tokens.ts';

/** The caller as the audit log names it. */
export function toActor({
  applicationId,
  subject,
  userPrincipalName,
}: Caller): AuditEvent['actor'] {
  return defined({ applicationId, subject, userPrincipalName });
}
