import { Type } from 'typebox';
import { DEFENCES, INCIDENT_SEVERITIES, RISK_LEVELS } from '../../domain/vocabulary/threat.ts';
import { DateTimeSchema, IdSchema, NameSchema, TextSchema } from './commonSchemas.ts';

export const RiskLevelSchema = Type.Enum(RISK_LEVELS);
export const HealthStateSchema = Type.Enum(['compromised', 'misconfigured']);

export const IncidentProperties = {
  incidentId: IdSchema,
  category: Type.Enum(DEFENCES),
  threatType: NameSchema,
  severity: Type.Enum(INCIDENT_SEVERITIES),
  detectedDateTime: DateTimeSchema,
  resolvedDateTime: Type.Optional(DateTimeSchema),
  title: Type.Optional(TextSchema),
  resource: Type.Optional(TextSchema),
};
