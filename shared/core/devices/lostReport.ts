import { isDateTime, type DateTime } from '../../base/dateTime.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { DeviceIdSchema } from '../schemas/commonSchemas.ts';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ReportKind } from '../../domain/vocabulary/reportFault.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';

const Named = Compile(Type.Object({ signal: Type.Object({ deviceId: DeviceIdSchema }) }));

const KINDS: ReadonlyMap<unknown, ReportKind> = new Map([
  ['riskReported', 'risk'],
  ['incidentReported', 'incident'],
]);

/** The types of signal that make no device worse. */
const GOOD_TYPES: ReadonlySet<unknown> = new Set(['enrolled', 'activated', 'heartbeat']);

/** Whether losing the signal opens no door. */
function isGoodNews(signal: Readonly<Record<string, unknown>>): boolean {
  const { type, riskLevel, healthState, status } = signal;
  if (type === 'riskReported') return riskLevel === 'minimal' && healthState === undefined;
  if (type === 'incidentReported') return status === 'resolved';
  return GOOD_TYPES.has(type);
}

/**
 * The mark of a report that goes to the dead letters: until it is replayed, or a readable report comes, its device is
 * blocked, because it may have been the bad news. `undefined` if it names no device, or is good news.
 */
export function toLostReport(part: unknown, code: string, now: DateTime): DeviceSignal | undefined {
  const checked = checkShape(Named, part);
  if (!checked.ok) return undefined;
  const { signal } = part as { readonly signal: Readonly<Record<string, unknown>> };
  if (isGoodNews(signal)) return undefined;
  const { signalId, observedDateTime, type } = signal;
  const isDated = isDateTime(observedDateTime) && observedDateTime <= now;
  return {
    type: 'reportUnreadable',
    kind: KINDS.get(type) ?? 'event',
    fault: { field: 'message', word: code },
    // Its own stamp, so a replay of the dead letter outdates the mark.
    signalId: typeof signalId === 'string' ? signalId : `lost:${code}`,
    deviceId: checked.value.signal.deviceId,
    observedDateTime: isDated ? observedDateTime : now,
    receivedDateTime: now,
  };
}
