import type { AuditEvent } from '../../core/ports/logs.ts';
import type { Caller } from '../../core/ports/tokens.ts';
import type { HandlerContext } from './handler.ts';
import { toActor } from './toActor.ts';

type Change = Pick<
  AuditEvent,
  'activityType' | 'resourceType' | 'resourceId' | 'before' | 'after'
> &
  Partial<Pick<AuditEvent, 'activityResult'>>;

/** Records a caller's change in the audit log, as a success unless `change` names another result. */
export function recordAudit(
  { services, requestId }: HandlerContext,
  caller: Caller,
  change: Change,
): Promise<void> {
  return services.audit.record({
    id: requestId,
    activityDateTime: services.now().toISOString(),
    activityResult: 'success',
    actor: toActor(caller),
    ...change,
  });
}
