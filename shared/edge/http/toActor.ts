import { defined } from '../../base/defined.ts';
import type { AuditEvent } from '../../core/ports/ports.ts';
import type { Caller } from './requireRole.ts';

/** The caller as the audit log names it. */
export function toActor({
  applicationId,
  subject,
  userPrincipalName,
}: Caller): AuditEvent['actor'] {
  return {
    ...defined({ applicationId, subject, userPrincipalName }),
  };
}
