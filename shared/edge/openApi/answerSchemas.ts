import { Type, type TSchema } from 'typebox';
import { DateTimeSchema, DeviceIdSchema, IdSchema } from '../../core/schemas/commonSchemas.ts';
import { TakenInPartSchema } from '../../core/enrolment/takenInPart.ts';
import { StoredManagedDevicePropertiesSchema } from '../../core/schemas/deviceSchemas.ts';
import { IncidentProperties } from '../../core/schemas/incidentSchemas.ts';
import { COMPLIANCE_STATES } from '../../domain/compliance/complianceState.ts';
import { REPAIRERS, REMEDIATION_CODES } from '../../domain/threats/threatCatalogue.ts';
import { IDENTIFICATIONS } from '../../domain/vocabulary/identification.ts';
import {
  DEFENCES,
  PARTNER_REPORTED_THREAT_STATES,
  THREAT_LEVELS,
} from '../../domain/vocabulary/threat.ts';

const ComplianceStateSchema = Type.Enum(COMPLIANCE_STATES);
const ThreatStateSchema = Type.Enum(PARTNER_REPORTED_THREAT_STATES);

const ReasonSchema = Type.Object({
  code: Type.String(),
  message: Type.String(),
  policyId: Type.Optional(Type.String()),
  setting: Type.Optional(Type.String()),
  category: Type.Optional(Type.Enum(DEFENCES)),
  incidentId: Type.Optional(Type.String()),
  sourceId: Type.Optional(Type.String()),
});

const RemediationSchema = Type.Object({
  code: Type.String(),
  title: Type.String(),
  steps: Type.Array(Type.String()),
});

const Threats = Type.Object({
  physical: Type.Enum(THREAT_LEVELS),
  network: Type.Enum(THREAT_LEVELS),
  application: Type.Enum(THREAT_LEVELS),
  vulnerability: Type.Enum(THREAT_LEVELS),
});

/** Every error has this shape, which is Graph's, with the request id to search for in the log. */
export const ErrorSchema = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    details: Type.Array(Type.Object({ path: Type.String(), message: Type.String() })),
    innerError: Type.Object({ 'request-id': Type.String(), date: DateTimeSchema }),
  }),
});

/** The events that were not read whole. */
export const RejectedItemsSchema = Type.Array(
  Type.Object({
    index: Type.Integer({ minimum: 0 }),
    code: Type.String(),
    path: Type.String(),
    message: Type.String(),
    counted: Type.Optional(Type.Array(Type.String())),
  }),
);
export const IngestAnswerSchema = Type.Object({
  accepted: Type.Integer({ minimum: 0 }),
  rejected: RejectedItemsSchema,
  partial: Type.Optional(RejectedItemsSchema),
});

export const ComplianceAnswerSchema = Type.Object({
  deviceId: DeviceIdSchema,
  isManaged: Type.Boolean(),
  complianceState: ComplianceStateSchema,
  partnerReportedThreatState: ThreatStateSchema,
  threatLevelByDefence: Threats,
  complianceGracePeriodExpirationDateTime: Type.Optional(DateTimeSchema),
  lastDeviceHeartbeatDateTime: Type.Optional(DateTimeSchema),
  heartbeatDeadlineDateTime: Type.Optional(DateTimeSchema),
  reasons: Type.Array(ReasonSchema),
  openIncidents: Type.Array(Type.Object(IncidentProperties)),
  remediation: Type.Array(RemediationSchema),
  evaluatedDateTime: DateTimeSchema,
  policyVersion: Type.String(),
});

const AccessDecisionSchema = Type.Object({
  decisionId: Type.String(),
  decision: Type.Enum(['allow', 'block']),
  reasons: Type.Array(ReasonSchema),
  identifiedBy: Type.Enum(IDENTIFICATIONS),
  complianceState: ComplianceStateSchema,
  remediation: Type.Array(RemediationSchema),
  remediationUrl: Type.Optional(Type.String()),
  policyVersion: Type.String(),
  reportOnlyPolicies: Type.Array(
    Type.Object({
      id: IdSchema,
      displayName: Type.String(),
      result: Type.Enum(['reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyNotApplied']),
    }),
  ),
  evaluatedDateTime: DateTimeSchema,
  expiresDateTime: DateTimeSchema,
});

export const DecisionRecordSchema = Type.Object({
  decisionId: Type.String(),
  evaluatedDateTime: DateTimeSchema,
  caller: Type.String(),
  resource: Type.String(),
  identifiedBy: Type.Enum([...IDENTIFICATIONS, 'userPrincipalName']),
  device: Type.String(),
  userPrincipalName: Type.Optional(Type.String()),
  decision: Type.Enum(['allow', 'block']),
  complianceState: ComplianceStateSchema,
  reasonCodes: Type.Array(Type.String()),
  policyVersion: Type.String(),
});

export const DecisionAnswerSchema = Type.Union([
  AccessDecisionSchema,
  Type.Array(AccessDecisionSchema),
]);

export const ManagedDeviceSchema = Type.Interface(
  [Type.Partial(StoredManagedDevicePropertiesSchema)],
  {
    id: DeviceIdSchema,
    deviceId: DeviceIdSchema,
    complianceState: ComplianceStateSchema,
    partnerReportedThreatState: ThreatStateSchema,
    complianceGracePeriodExpirationDateTime: Type.Optional(DateTimeSchema),
    lastDeviceHeartbeatDateTime: Type.Optional(DateTimeSchema),
    enrolledDateTime: Type.Optional(DateTimeSchema),
  },
);

/** A page of a list in Graph's shape. */
export function PageOf(schema: TSchema): TSchema {
  return Type.Object({
    value: Type.Array(schema),
    '@odata.nextLink': Type.Optional(Type.String()),
  });
}

const OutcomeSchema = Type.Object({
  complianceState: ComplianceStateSchema,
  reasons: Type.Array(ReasonSchema),
  complianceGracePeriodExpirationDateTime: Type.Optional(DateTimeSchema),
});

export const WhatIfAnswerSchema = Type.Object({
  evaluatedDeviceCount: Type.Integer(),
  unreadableDeviceCount: Type.Integer(),
  changedDeviceCounts: Type.Record(Type.String(), Type.Integer()),
  value: Type.Array(
    Type.Object({
      deviceId: DeviceIdSchema,
      userPrincipalName: Type.Optional(Type.String()),
      current: OutcomeSchema,
      whatIf: OutcomeSchema,
    }),
  ),
  '@odata.nextLink': Type.Optional(Type.String()),
});

const ThreatDefinition = {
  threatType: IdSchema,
  defence: Type.Enum(DEFENCES),
  severity: Type.Enum(THREAT_LEVELS),
  repairableBy: Type.Enum(REPAIRERS),
  remediation: Type.Enum(REMEDIATION_CODES),
  signal: Type.String(),
  description: Type.String(),
  isOverridden: Type.Boolean(),
  remediationSteps: Type.Optional(Type.Array(Type.String())),
};

export const ThreatDefinitionSchema = Type.Object({ id: IdSchema, ...ThreatDefinition });

export const ThreatDefinitionsSchema = Type.Object({
  catalogueVersion: Type.Integer(),
  value: Type.Array(ThreatDefinitionSchema),
});

export const SilenceBreakerAnswerSchema = Type.Object({
  state: Type.Enum(['closed', 'open', 'confirmed']),
  heldDateTime: Type.Optional(DateTimeSchema),
  openedDateTime: Type.Optional(DateTimeSchema),
  confirmedDateTime: Type.Optional(DateTimeSchema),
  endDateTime: Type.Optional(DateTimeSchema),
  silentDeviceCount: Type.Integer(),
  managedDeviceCount: Type.Integer(),
});

export const EnrolmentSyncSchema = Type.Object({
  state: Type.Enum(['off', 'following', 'held']),
  listedDateTime: Type.Optional(DateTimeSchema),
  listDueDateTime: Type.Optional(DateTimeSchema),
  heldDateTime: Type.Optional(DateTimeSchema),
  heldDeviceCount: Type.Optional(Type.Integer()),
  unknownGroupIds: Type.Optional(Type.Array(Type.String())),
  ...TakenInPartSchema.properties,
  confirmedDateTime: Type.Optional(DateTimeSchema),
  managedDeviceCount: Type.Integer(),
});

export const AuditEventSchema = Type.Object({
  id: Type.String(),
  activityDateTime: DateTimeSchema,
  activityType: Type.String(),
  activityResult: Type.Enum(['pending', 'success', 'failure']),
  actor: Type.Object({
    applicationId: Type.Optional(Type.String()),
    subject: Type.Optional(Type.String()),
    userPrincipalName: Type.Optional(Type.String()),
  }),
  resourceType: Type.String(),
  resourceId: Type.String(),
  isConfirmed: Type.Optional(Type.Literal(true)),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});

export const SetupSchema = Type.Object({
  isComplete: Type.Boolean(),
  steps: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      isDone: Type.Boolean(),
      doneDateTime: Type.Optional(DateTimeSchema),
      todo: Type.Optional(Type.String()),
    }),
  ),
});

export const AppConfigurationSchema = Type.Object({
  '@odata.type': Type.Enum([
    '#microsoft.graph.iosMobileAppConfiguration',
    '#microsoft.graph.androidManagedStoreAppConfiguration',
  ]),
  displayName: Type.String(),
  description: Type.String(),
  targetedMobileApps: Type.Array(Type.String()),
  settings: Type.Optional(
    Type.Array(
      Type.Object({
        appConfigKey: Type.String(),
        appConfigKeyType: Type.String(),
        appConfigKeyValue: Type.String(),
      }),
    ),
  ),
  packageId: Type.Optional(Type.String()),
  payloadJson: Type.Optional(Type.String()),
  permissionActions: Type.Optional(Type.Array(Type.Unknown())),
  appSupportsOemConfig: Type.Optional(Type.Boolean()),
});

/** A JSON Web Key Set of signing keys. */
export const PublicKeysSchema = Type.Object({
  keys: Type.Array(
    Type.Object({
      kid: Type.String(),
      kty: Type.Literal('RSA'),
      n: Type.String(),
      e: Type.String(),
      alg: Type.Literal('RS256'),
      use: Type.Literal('sig'),
    }),
  ),
});

/** One attempt at a webhook endpoint. */
export const DeliveryRecordSchema = Type.Object({
  id: Type.String(),
  attemptedDateTime: DateTimeSchema,
  webhookId: Type.String(),
  type: Type.String(),
  outcome: Type.Enum(['delivered', 'failed', 'refused']),
  status: Type.Optional(Type.Integer()),
  code: Type.Optional(Type.String()),
  durationInMilliseconds: Type.Integer(),
});
