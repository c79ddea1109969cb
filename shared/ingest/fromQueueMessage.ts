import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { QueuedSignal } from '../ports.ts';
import {
  AppVersionSchema,
  DateTimeSchema,
  DeviceIdSchema,
  HealthStateSchema,
  IdSchema,
  IncidentProperties,
  ManagedDevicePropertiesSchema,
  RiskLevelSchema,
  TelemetryProperties,
} from './schemas.ts';

const envelope = {
  signalId: IdSchema,
  observedDateTime: DateTimeSchema,
  receivedDateTime: DateTimeSchema,
};
const aboutDevice = { ...envelope, deviceId: DeviceIdSchema };

const SignalSchema = Type.Union([
  Type.Object({ ...envelope, type: Type.Literal('connectorHeartbeat') }),
  Type.Object({
    ...aboutDevice,
    type: Type.Literal('enrolled'),
    properties: ManagedDevicePropertiesSchema,
  }),
  Type.Object({ ...aboutDevice, type: Type.Enum(['unenrolled', 'activated', 'deactivated']) }),
  Type.Object({
    ...aboutDevice,
    type: Type.Literal('heartbeat'),
    appVersion: Type.Optional(AppVersionSchema),
  }),
  Type.Object({
    ...aboutDevice,
    type: Type.Literal('riskReported'),
    riskLevel: RiskLevelSchema,
    healthState: Type.Optional(HealthStateSchema),
  }),
  Type.Object({
    ...aboutDevice,
    type: Type.Literal('incidentReported'),
    status: Type.Enum(['open', 'resolved']),
    incident: Type.Object(IncidentProperties),
  }),
  Type.Object({
    ...aboutDevice,
    type: Type.Literal('telemetryReported'),
    telemetry: Type.Object(TelemetryProperties),
  }),
]);

const QueuedSignalSchema = Compile(
  Type.Object({ attempt: Type.Integer({ minimum: 0 }), signal: SignalSchema }),
);

/** The signal in a message of the `device-signals` queue; `undefined` where it holds none. */
export function fromQueueMessage(body: unknown): QueuedSignal | undefined {
  return QueuedSignalSchema.Check(body) ? body : undefined;
}
