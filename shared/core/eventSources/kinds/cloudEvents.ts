import { isJsonObject } from '../../../base/jsonObject.ts';
import type { DeviceSignal, UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { fromSepMobileEvent } from '../../ingest/fromSepMobileEvent.ts';
import { fromTelemetry } from '../../ingest/fromTelemetry.ts';
import type { SourceReader } from '../sourceEvent.ts';
import type { MappingTable } from './mappingTable.ts';

/** This system's own contract needs no translation. */
export const CLOUD_EVENTS: MappingTable = {
  kind: 'cloudEvents',
  version: 1,
  fields: {},
  rows: [],
};

/** Reads a CloudEvent or a Standard Webhooks body, and a telemetry report, which has no type. */
export const readCloudEvent: SourceReader = (event, { arrival }) => {
  const isReport = isJsonObject(event) && 'observedDateTime' in event && !('type' in event);
  const { signals, rejections } = isReport
    ? fromTelemetry(event, arrival)
    : fromSepMobileEvent(event, arrival);
  const about = signals.filter((signal): signal is DeviceSignal => 'deviceId' in signal);
  const [first] = about;
  return {
    identifiers: first === undefined ? [] : [{ name: 'deviceId', value: first.deviceId }],
    isAboutPhone: about.length > 0 || rejections.length > 0,
    signals: about.map(withoutDevice),
    ...(signals.length > about.length ? { isSourceHeartbeat: true as const } : {}),
    unmapped: [],
    unread: [],
    rejections,
  };
};

function withoutDevice(signal: DeviceSignal): UndirectedSignal {
  const { deviceId: _, ...fact } = signal;
  return fact;
}
