import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ConnectorSignal, DeviceSignal } from '../../domain/vocabulary/signal.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import { accept, canonical, reject, rejectProblems, type Parsed } from './parsed.ts';
import { DateTimeSchema, DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';
import { AppVersionSchema } from '../schemas/deviceSchemas.ts';
import {
  HealthStateSchema,
  IncidentProperties,
  RiskLevelSchema,
} from '../schemas/incidentSchemas.ts';
import { toSignalId } from './toSignalId.ts';

/** The arrival of an event. An event without an id is identified by its request and its place in it. */
export interface Arrival {
  readonly receivedDateTime: string;
  readonly requestId: string;
  readonly index: number;
}

/** Checked by the type of the event, after the envelope. */
const AnyData = Type.Object({}, { additionalProperties: true });
/** CloudEvents 1.0, structured mode. */
export const CloudEventSchema = Type.Object({
  specversion: Type.Enum(['1.0']),
  id: IdSchema,
  source: Type.String({ minLength: 1, maxLength: 2048 }),
  type: IdSchema,
  time: DateTimeSchema,
  data: AnyData,
});
/** A body of Standard Webhooks. */
export const WebhookBodySchema = Type.Object({
  type: IdSchema,
  timestamp: DateTimeSchema,
  data: AnyData,
});
const CloudEventEnvelope = Compile(CloudEventSchema);
const StandardWebhookEnvelope = Compile(WebhookBodySchema);

const aboutDevice = { deviceId: DeviceIdSchema };
const Device = Compile(Type.Object(aboutDevice));
const Heartbeat = Compile(
  Type.Object({ ...aboutDevice, appVersion: Type.Optional(AppVersionSchema) }),
);
const Risk = Compile(
  Type.Object({
    ...aboutDevice,
    riskLevel: RiskLevelSchema,
    healthState: Type.Optional(HealthStateSchema),
  }),
);
const MAX_THREAT_TYPE_LENGTH = 128;
/** The data of the three events about an incident. */
export const IncidentDataSchema = Type.Object({
  ...aboutDevice,
  ...IncidentProperties,
  threatType: Type.String({ minLength: 1, maxLength: MAX_THREAT_TYPE_LENGTH }),
});
const IncidentEvent = Compile(IncidentDataSchema);

/** The fields that both envelopes have. */
interface Envelope {
  readonly signalId: string;
  readonly type: string;
  readonly observedDateTime: string;
  readonly timePath: string;
  readonly data: object;
}

type Stamped = Pick<DeviceSignal, 'signalId' | 'observedDateTime' | 'receivedDateTime'>;

/**
 * Parses one event of SEP Mobile, in either of its envelopes: CloudEvents 1.0 in structured mode, which has a
 * `specversion`, or a Standard Webhooks body `{type, timestamp, data}`.
 */
export function fromSepMobileEvent(event: unknown, arrival: Arrival): Parsed {
  const envelope = readEnvelope(event, arrival);
  if ('ok' in envelope) return envelope;
  const { signalId: id, observedDateTime } = envelope;
  const stamped = { signalId: id, observedDateTime, receivedDateTime: arrival.receivedDateTime };
  const signal = readData(envelope, stamped);
  return 'ok' in signal ? signal : accept(signal, envelope.timePath);
}

function readEnvelope(event: unknown, { requestId, index }: Arrival): Envelope | Parsed {
  if (typeof event === 'object' && event !== null && 'specversion' in event) {
    const problems = findProblems(CloudEventEnvelope, event);
    if (problems.length > 0) return rejectProblems(problems);
    // Other fields of the envelope are never read, so they need not be removed.
    const { source, id, type, time, data } = event as Static<typeof CloudEventSchema>;
    return {
      signalId: toSignalId('cloudevents', source, id),
      type,
      observedDateTime: canonical(time),
      timePath: '/time',
      data,
    };
  }
  const checked = checkShape(StandardWebhookEnvelope, event);
  if (!checked.ok) return rejectProblems(checked.problems);
  return {
    signalId: toSignalId('standardwebhooks', requestId, String(index)),
    type: checked.value.type,
    observedDateTime: canonical(checked.value.timestamp),
    timePath: '/timestamp',
    data: checked.value.data,
  };
}

function readData(
  { type, data }: Envelope,
  stamped: Stamped,
): DeviceSignal | ConnectorSignal | Parsed {
  switch (type) {
    case 'sepmobile.connector.heartbeat':
      return { ...stamped, type: 'connectorHeartbeat' };
    case 'sepmobile.device.activated':
    case 'sepmobile.device.deactivated': {
      const checked = checkShape(Device, data);
      if (!checked.ok) return rejectProblems(checked.problems, '/data');
      const isActivated = type === 'sepmobile.device.activated';
      return { ...stamped, ...checked.value, type: isActivated ? 'activated' : 'deactivated' };
    }
    case 'sepmobile.device.heartbeat': {
      const checked = checkShape(Heartbeat, data);
      if (!checked.ok) return rejectProblems(checked.problems, '/data');
      return { ...stamped, ...checked.value, type: 'heartbeat' };
    }
    case 'sepmobile.device.risk': {
      const checked = checkShape(Risk, data);
      if (!checked.ok) return rejectProblems(checked.problems, '/data');
      return { ...stamped, ...checked.value, type: 'riskReported' };
    }
    case 'sepmobile.incident.opened':
    case 'sepmobile.incident.updated':
    case 'sepmobile.incident.resolved':
      return readIncident(type === 'sepmobile.incident.resolved', data, stamped);
    default:
      return reject(
        'unknownEventType',
        '/type',
        `\`${type}\` is not one of ${EVENT_TYPES.join(', ')}`,
      );
  }
}

/** An update with a time of resolution resolves the incident, as the event `resolved` does. */
function readIncident(isResolved: boolean, data: object, stamped: Stamped): DeviceSignal | Parsed {
  const checked = checkShape(IncidentEvent, data);
  if (!checked.ok) return rejectProblems(checked.problems, '/data');
  const { deviceId, detectedDateTime, resolvedDateTime, ...details } = checked.value;
  return {
    ...stamped,
    deviceId,
    type: 'incidentReported',
    status: isResolved || resolvedDateTime !== undefined ? 'resolved' : 'open',
    incident: {
      ...details,
      detectedDateTime: canonical(detectedDateTime),
      ...(resolvedDateTime === undefined ? {} : { resolvedDateTime: canonical(resolvedDateTime) }),
    },
  };
}

const EVENT_TYPES = [
  'sepmobile.connector.heartbeat',
  'sepmobile.device.activated',
  'sepmobile.device.deactivated',
  'sepmobile.device.heartbeat',
  'sepmobile.device.risk',
  'sepmobile.incident.opened',
  'sepmobile.incident.updated',
  'sepmobile.incident.resolved',
] as const;
