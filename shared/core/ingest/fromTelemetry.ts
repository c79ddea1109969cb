import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import type { Arrival } from './fromSepMobileEvent.ts';
import { accept, canonical, rejectProblems, type Parsed } from './parsed.ts';
import { DateTimeSchema, DeviceIdSchema } from '../schemas/commonSchemas.ts';
import { TelemetryProperties } from '../schemas/telemetrySchemas.ts';
import { toSignalId } from './toSignalId.ts';

export const TelemetryReportSchema = Type.Object({
  deviceId: DeviceIdSchema,
  observedDateTime: DateTimeSchema,
  ...TelemetryProperties,
});
const TelemetryReport = Compile(TelemetryReportSchema);

/**
 * Parses one telemetry report. A report has no id of its own, so the id comes from its content: the same report sent
 * twice is one fact.
 */
export function fromTelemetry(report: unknown, { receivedDateTime }: Arrival): Parsed {
  const checked = checkShape(TelemetryReport, report);
  if (!checked.ok) return rejectProblems(checked.problems);
  const { deviceId, observedDateTime, ...telemetry } = checked.value;
  const signal = {
    type: 'telemetryReported',
    signalId: toSignalId('telemetry', JSON.stringify(checked.value)),
    deviceId,
    observedDateTime: canonical(observedDateTime),
    receivedDateTime,
    telemetry,
  } as DeviceSignal;
  return accept(signal, '/observedDateTime');
}
