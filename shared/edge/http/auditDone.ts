import type { AuditEvent } from '../../core/ports/logs.ts';
import type { HandlerContext } from './handler.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import { toActor } from './toActor.ts';

/** What was done, to what, and where it changed something: what was before and after. */
type Done = Pick<AuditEvent, 'activityType' | 'resourceType' | 'resourceId' | 'before' | 'after'>;

/** Notes in the audit log what a request has done, and who sent it. */
export function auditDone(
  { services, requestId }: HandlerContext,
  caller: Caller,
  done: Done,
): Promise<void> {
  return services.audit.record({
    id: requestId,
    activityDateTime: services.now().toISOString(),
    activityResult: 'success',
    actor: toActor(caller),
    ...done,
  });
}
