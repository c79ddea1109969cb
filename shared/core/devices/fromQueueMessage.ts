import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { QueuedSignal } from '../ports/queues.ts';
import { DateTimeSchema, DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';
import { AppVersionSchema, ManagedDevicePropertiesSchema } from '../schemas/deviceSchemas.ts';
import {
  DoubtfulIncidentProperties,
  HealthStateSchema,
  IncidentProperties,
  RiskLevelSchema,
} from '../schemas/incidentSchemas.ts';
import {
  ReportFaultSchema,
  ReportFaultsSchema,
  ReportKindSchema,
} from '../schemas/reportFaultSchemas.ts';
import { TelemetryProperties } from '../schemas/telemetrySchemas.ts';

const envelope = {
  signalId: IdSchema,
  observedDateTime: DateTimeSchema,
  receivedDateTime: DateTimeSchema,
  sourceId: Type.Optional(IdSchema),
};
const aboutDevice = { ...envelope, deviceId: DeviceIdSchema };

/** By the type of the signal, so only one schema is checked. */
const SIGNALS: Readonly<Record<Signal['type'], { Check(value: unknown): boolean }>> = {
  connectorHeartbeat: Compile(Type.Object(envelope)),
  enrolled: Compile(Type.Object({ ...aboutDevice, properties: ManagedDevicePropertiesSchema })),
  unenrolled: Compile(Type.Object(aboutDevice)),
  activated: Compile(Type.Object(aboutDevice)),
  deactivated: Compile(Type.Object(aboutDevice)),
  heartbeat: Compile(Type.Object({ ...aboutDevice, appVersion: Type.Optional(AppVersionSchema) })),
  riskReported: Compile(
    Type.Object({
      ...aboutDevice,
      riskLevel: RiskLevelSchema,
      healthState: Type.Optional(HealthStateSchema),
      faults: Type.Optional(ReportFaultsSchema),
    }),
  ),
  incidentReported: Compile(
    Type.Object({
      ...aboutDevice,
      status: Type.Enum(['open', 'resolved']),
      incident: Type.Object({ ...IncidentProperties, ...DoubtfulIncidentProperties }),
    }),
  ),
  telemetryReported: Compile(
    Type.Object({ ...aboutDevice, telemetry: Type.Object(TelemetryProperties) }),
  ),
  reportUnreadable: Compile(
    Type.Object({ ...aboutDevice, kind: ReportKindSchema, fault: ReportFaultSchema }),
  ),
  unreadableReportsCleared: Compile(Type.Object(aboutDevice)),
};

const Message = Compile(
  Type.Object({
    attempt: Type.Integer({ minimum: 0 }),
    signal: Type.Object({ type: Type.Enum(Object.keys(SIGNALS) as Signal['type'][]) }),
  }),
);

/** The signal in a message of the `device-signals` queue; `undefined` if the message is invalid. */
export function fromQueueMessage(body: unknown): QueuedSignal | undefined {
  if (!Message.Check(body)) return undefined;
  const { signal } = body;
  return SIGNALS[signal.type].Check(signal) ? (body as QueuedSignal) : undefined;
}
