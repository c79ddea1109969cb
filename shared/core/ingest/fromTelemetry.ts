import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { findProblems } from '../../base/validation/findProblems.ts';
import { createDevice } from '../../domain/devices/device.ts';
import { compactTelemetry } from '../../domain/devices/compactTelemetry.ts';
import { mergeSignals } from '../../domain/devices/mergeSignals.ts';
import { findThreats } from '../../domain/threats/findThreats.ts';
import { toReportFault, type ReportFault } from '../../domain/vocabulary/reportFault.ts';
import type { DeviceSignal, Telemetry } from '../../domain/vocabulary/signal.ts';
import { DEFENCES } from '../../domain/vocabulary/threat.ts';
import type { Rejection } from '../ports/quarantine.ts';
import { DateTimeSchema, DeviceIdSchema } from '../schemas/commonSchemas.ts';
import { TelemetryProperties } from '../schemas/telemetrySchemas.ts';
import { readTime, type Arrival, type ReadTime } from './arrival.ts';
import { DeviceDataSchema } from './eventSchemas.ts';
import { reject, rejectProblems, toRejections, type Parsed } from './parsed.ts';
import { readTelemetry, withFault, type ReadTelemetry } from './readTelemetry.ts';
import { toSignalId } from './toSignalId.ts';
import { readDeviceId } from './readDeviceId.ts';

export const TelemetryReportSchema = Type.Object({
  deviceId: DeviceIdSchema,
  observedDateTime: DateTimeSchema,
  ...TelemetryProperties,
});
const DeviceData = Compile(DeviceDataSchema);

type Stamp = Pick<DeviceSignal, 'signalId' | 'deviceId' | 'observedDateTime' | 'receivedDateTime'>;

/**
 * Parses one telemetry report. A report has no id of its own, so the id comes from its content: the same report sent
 * twice is one fact. What can be read counts, defence by defence and field by field. A report without a usable time
 * counts as of its arrival, with the defences that show a threat.
 */
export function fromTelemetry(value: unknown, arrival: Arrival): Parsed {
  const report = asJsonObject(value);
  if (report === undefined) return reject('invalidEvent', '', 'must be object');
  const deviceId = readDeviceId(report);
  if (deviceId === undefined) return rejectProblems(findProblems<unknown>(DeviceData, report));
  const time = readTime(report['observedDateTime'], '/observedDateTime', arrival);
  const { receivedDateTime } = arrival;
  const read = readTelemetry(report);
  const telemetry = compactTelemetry(read.telemetry);
  // From what was read: what an attacker nests deeply is never written as text.
  const content = [deviceId, time, telemetry, read.unreadable];
  const stamp: Stamp = {
    signalId: toSignalId('telemetry', JSON.stringify(content)),
    deviceId,
    observedDateTime: time.ok ? time.observedDateTime : receivedDateTime,
    receivedDateTime,
  };
  return {
    signals: [
      ...(time.ok
        ? reported(stamp, telemetry, read)
        : undated(stamp, telemetry, toReportFault('time', faultyTime(time, report)))),
      ...read.unreadable.map(({ defence: kind, fault }): DeviceSignal => ({
        ...stamp,
        type: 'reportUnreadable',
        kind,
        fault,
      })),
    ],
    rejections: rejectionsOf(time, read),
  };
}

function faultyTime(
  time: Extract<ReadTime, { readonly ok: false }>,
  { observedDateTime }: JsonObject,
): unknown {
  return time.rejection.code === 'observedInFuture' ? 'future' : observedDateTime;
}

/** A report without any defence is a sign of life, unless all that it had cannot be read. */
function reported(
  stamp: Stamp,
  telemetry: Telemetry,
  { unreadable }: ReadTelemetry,
): readonly DeviceSignal[] {
  const isEmpty = Object.keys(telemetry).length === 0;
  if (isEmpty && unreadable.length > 0) return [];
  return [{ ...stamp, type: 'telemetryReported', telemetry }];
}

/** The bad news of a report without a usable time. It could replace worse news, so it marks its defences as well. */
function undated(stamp: Stamp, telemetry: Telemetry, fault: ReportFault): readonly DeviceSignal[] {
  const bad = Object.fromEntries(
    DEFENCES.flatMap((defence) => {
      const report = telemetry[defence];
      return report !== undefined && showsThreat(stamp, { [defence]: report })
        ? [[defence, report] as const]
        : [];
    }),
  ) as Telemetry;
  if (Object.keys(bad).length === 0) return [];
  return [
    { ...stamp, type: 'telemetryReported', telemetry: withFault(bad, fault) },
    ...DEFENCES.filter((defence) => bad[defence] !== undefined).map((kind): DeviceSignal => ({
      ...stamp,
      type: 'reportUnreadable',
      kind,
      fault,
    })),
  ];
}

function showsThreat(stamp: Stamp, telemetry: Telemetry): boolean {
  const signal: DeviceSignal = { ...stamp, type: 'telemetryReported', telemetry };
  return findThreats(mergeSignals(createDevice(stamp.deviceId), [signal])).length > 0;
}

function rejectionsOf(
  time: ReadTime,
  { problems, hasFaults }: ReadTelemetry,
): readonly Rejection[] {
  return [...(time.ok ? [] : [time.rejection]), ...toRejections(problems, hasFaults)];
}
