import { Type } from 'typebox';
import {
  DEFENCES,
  HEALTH_STATES,
  INCIDENT_SEVERITIES,
  RISK_LEVELS,
} from '../../domain/vocabulary/threat.ts';
import { ReportFaultsSchema } from './reportFaultSchemas.ts';
import { DateTimeSchema, IdSchema, NameSchema, TextSchema } from './commonSchemas.ts';

export const RiskLevelSchema = Type.Enum(RISK_LEVELS);
export const HealthStateSchema = Type.Enum(HEALTH_STATES);

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

/** What the connector adds to an incident that was read in part, or that its source never ends. */
export const DoubtfulIncidentProperties = {
  isEveryDefence: Type.Optional(Type.Literal(true)),
  isDetectionOnly: Type.Optional(Type.Literal(true)),
  faults: Type.Optional(ReportFaultsSchema),
};
