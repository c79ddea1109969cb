import { Type } from 'typebox';
import { DateTimeSchema, DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';
import { AppVersionSchema } from '../schemas/deviceSchemas.ts';
import {
  HealthStateSchema,
  IncidentProperties,
  RiskLevelSchema,
} from '../schemas/incidentSchemas.ts';

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

const aboutDevice = { deviceId: DeviceIdSchema };

/** The data of an event that only names a device. */
export const DeviceDataSchema = Type.Object(aboutDevice);

export const HeartbeatDataSchema = Type.Object({
  ...aboutDevice,
  appVersion: Type.Optional(AppVersionSchema),
});

export const RiskDataSchema = Type.Object({
  ...aboutDevice,
  riskLevel: RiskLevelSchema,
  healthState: Type.Optional(HealthStateSchema),
});

const MAX_THREAT_TYPE_LENGTH = 128;

/** The data of the three events about an incident. */
export const IncidentDataSchema = Type.Object({
  ...aboutDevice,
  ...IncidentProperties,
  threatType: Type.String({ minLength: 1, maxLength: MAX_THREAT_TYPE_LENGTH }),
});
