import { Type } from 'typebox';
import { ACTION_TYPES } from '../../domain/compliance/configuration.ts';
import { EVENT_SOURCE_KINDS } from '../../domain/vocabulary/eventSource.ts';
import { IDENTIFICATIONS } from '../../domain/vocabulary/identification.ts';
import {
  DEFENCES,
  INCIDENT_SEVERITIES,
  THREAT_CEILINGS,
  THREAT_LEVELS,
} from '../../domain/vocabulary/threat.ts';
import { REPAIRERS } from '../../domain/threats/threatCatalogue.ts';
import './formats.ts';
import { DateTimeSchema, IdSchema } from './commonSchemas.ts';

const MAX_NAME_LENGTH = 256;
const MAX_TEXT_LENGTH = 1500;
const MAX_NAMES = 1000;
const MAX_STEPS = 20;
const MAX_GRACE_IN_HOURS = 8760;

const Seconds = Type.Integer({ minimum: 0, maximum: 365 * 24 * 60 * 60 });
const Name = Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH });
const Text = Type.String({ maxLength: MAX_TEXT_LENGTH });
/** Each notice contains these addresses and must fit into a queue message. */
const Addresses = Type.Array(Type.String({ minLength: 1, maxLength: 254 }), { maxItems: 100 });
const Names = Type.Array(IdSchema, { maxItems: MAX_NAMES });
const OsVersion = Type.String({ format: 'os-version', maxLength: 64 });
const flag = Type.Optional(Type.Boolean());

/** Graph's `deviceManagementSettings`, with our own settings. */
export const TenantSettingsSchema = Type.Object({
  secureByDefault: Type.Boolean(),
  deviceComplianceCheckinThresholdDays: Type.Integer({ minimum: 1, maximum: 120 }),
  deviceHeartbeatWindowInSeconds: Type.Integer({ minimum: 60, maximum: 365 * 24 * 60 * 60 }),
  deviceHeartbeatSlackInSeconds: Seconds,
  // The partner counts as unresponsive after a day at the earliest.
  partnerHeartbeatSlackInSeconds: Type.Integer({ minimum: 0, maximum: 12 * 60 * 60 }),
  silenceBreakerShareInPercent: Type.Integer({ minimum: 1, maximum: 100 }),
  silenceBreakerMinimumDevices: Type.Integer({ minimum: 1 }),
  maximumHoldInHours: Type.Integer({ minimum: 1, maximum: 7 * 24 }),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
});

/** Graph's `mobileThreatDefenseConnector`, with SEP Mobile's two check boxes. */
export const ConnectorSchema = Type.Object({
  id: IdSchema,
  androidEnabled: Type.Boolean(),
  iosEnabled: Type.Boolean(),
  androidDeviceBlockedOnMissingPartnerData: Type.Boolean(),
  iosDeviceBlockedOnMissingPartnerData: Type.Boolean(),
  partnerUnresponsivenessThresholdInDays: Type.Integer({ minimum: 1, maximum: 365 }),
  partnerUnsupportedOsVersionBlocked: Type.Boolean(),
  allowPartnerToCollectIOSApplicationMetadata: Type.Boolean(),
  allowPartnerToCollectIOSPersonalApplicationMetadata: Type.Boolean(),
  androidMobileApplicationManagementEnabled: Type.Boolean(),
  iosMobileApplicationManagementEnabled: Type.Boolean(),
  allowPartnerToCollectIosCertificateMetadata: flag,
  allowPartnerToCollectIosPersonalCertificateMetadata: flag,
  grantMobileThreatDefensePartnerRole: flag,
  launchMobileThreatDefensePartnerOnSetupEnabled: flag,
  macEnabled: flag,
  macDeviceBlockedOnMissingPartnerData: flag,
  windowsMobileApplicationManagementEnabled: flag,
  reportDeviceHealthAndRisk: Type.Boolean(),
  reportSecurityIncidents: Type.Boolean(),
  androidMinimumOsVersion: OsVersion,
  iosMinimumOsVersion: OsVersion,
  lastHeartbeatDateTime: Type.Optional(DateTimeSchema),
  lastPartnerSilence: Type.Optional(
    Type.Object({ beganDateTime: DateTimeSchema, endedDateTime: DateTimeSchema }),
  ),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
});

const AssignmentTargetSchema = Type.Union([
  Type.Object({
    '@odata.type': Type.Enum([
      '#microsoft.graph.allLicensedUsersAssignmentTarget',
      '#microsoft.graph.allDevicesAssignmentTarget',
    ]),
  }),
  Type.Object({
    '@odata.type': Type.Enum([
      '#microsoft.graph.groupAssignmentTarget',
      '#microsoft.graph.exclusionGroupAssignmentTarget',
    ]),
    groupId: IdSchema,
  }),
]);

export const AssignmentsSchema = Type.Array(
  Type.Object({ id: Type.Optional(IdSchema), target: AssignmentTargetSchema }),
  { maxItems: MAX_NAMES },
);

const Ceiling = Type.Enum(THREAT_CEILINGS);

/** Graph's `androidCompliancePolicy` and `iosCompliancePolicy`. */
export const CompliancePolicySchema = Type.Object({
  '@odata.type': Type.Enum([
    '#microsoft.graph.androidCompliancePolicy',
    '#microsoft.graph.iosCompliancePolicy',
  ]),
  id: IdSchema,
  version: Type.Integer({ minimum: 1 }),
  displayName: Name,
  description: Type.Optional(Text),
  createdDateTime: Type.Optional(DateTimeSchema),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
  deviceThreatProtectionEnabled: Type.Boolean(),
  deviceThreatProtectionRequiredSecurityLevel: Ceiling,
  deviceThreatProtectionDefenceLevels: Type.Optional(
    Type.Object(
      {
        physical: Type.Optional(Ceiling),
        network: Type.Optional(Ceiling),
        application: Type.Optional(Ceiling),
        vulnerability: Type.Optional(Ceiling),
      },
      { minProperties: 1, additionalProperties: false },
    ),
  ),
  securityBlockJailbrokenDevices: flag,
  osMinimumVersion: Type.Optional(OsVersion),
  osMaximumVersion: Type.Optional(OsVersion),
  minAndroidSecurityPatchLevel: Type.Optional(Type.String({ format: 'security-patch-level' })),
  passcodeRequired: flag,
  storageRequireEncryption: flag,
  scheduledActionsForRule: Type.Optional(
    Type.Array(
      Type.Object({
        ruleName: Type.Optional(Type.String({ maxLength: MAX_NAME_LENGTH })),
        scheduledActionConfigurations: Type.Array(
          Type.Object({
            actionType: Type.Enum(ACTION_TYPES),
            gracePeriodHours: Type.Integer({ minimum: 0, maximum: MAX_GRACE_IN_HOURS }),
            notificationTemplateId: Type.Optional(Text),
            notificationMessageCCList: Type.Optional(Addresses),
          }),
          { minItems: 1, maxItems: 100 },
        ),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  ),
  assignments: AssignmentsSchema,
});

/** The supported part of Graph's `conditionalAccessPolicy`, with our own condition on threats. */
export const ConditionalAccessPolicySchema = Type.Object({
  id: IdSchema,
  version: Type.Integer({ minimum: 1 }),
  displayName: Name,
  createdDateTime: Type.Optional(DateTimeSchema),
  modifiedDateTime: Type.Optional(DateTimeSchema),
  state: Type.Enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
  conditions: Type.Object({
    applications: Type.Object({
      includeApplications: Type.Array(IdSchema, { minItems: 1, maxItems: MAX_NAMES }),
      excludeApplications: Type.Optional(Names),
    }),
    users: Type.Optional(
      Type.Object({
        includeUsers: Type.Optional(Names),
        excludeUsers: Type.Optional(Names),
        includeGroups: Type.Optional(Names),
        excludeGroups: Type.Optional(Names),
      }),
    ),
    // Graph requires this property; here a policy applies to every client.
    clientAppTypes: Type.Optional(Type.Array(Type.Enum(['all']), { minItems: 1 })),
    platforms: Type.Optional(
      Type.Object({
        includePlatforms: Type.Array(Type.Enum(['all', 'android', 'iOS']), { minItems: 1 }),
        excludePlatforms: Type.Optional(Type.Array(Type.Enum(['android', 'iOS']))),
      }),
    ),
    deviceThreat: Type.Optional(
      Type.Object({
        defences: Type.Array(Type.Enum(DEFENCES), { minItems: 1 }),
        minimumLevel: Type.Enum(INCIDENT_SEVERITIES),
      }),
    ),
  }),
  grantControls: Type.Object({
    operator: Type.Enum(['OR', 'AND']),
    builtInControls: Type.Array(Type.Enum(['block', 'compliantDevice']), {
      minItems: 1,
      maxItems: 2,
    }),
    minimumDeviceIdentification: Type.Optional(Type.Enum(IDENTIFICATIONS)),
  }),
});

/** An organisation's own values for one threat type. */
export const ThreatOverrideSchema = Type.Object({
  threatType: IdSchema,
  version: Type.Integer({ minimum: 1 }),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
  severity: Type.Optional(Type.Enum(THREAT_LEVELS)),
  repairableBy: Type.Optional(Type.Enum(REPAIRERS)),
  remediationSteps: Type.Optional(Type.Array(Text, { minItems: 1, maxItems: MAX_STEPS })),
});

export const SilenceBreakerSchema = Type.Union([
  Type.Object({ state: Type.Literal('closed') }),
  Type.Object({
    state: Type.Literal('open'),
    heldDateTime: DateTimeSchema,
    openedDateTime: DateTimeSchema,
  }),
  Type.Object({ state: Type.Literal('confirmed'), confirmedDateTime: DateTimeSchema }),
]);

const MAX_MAPPED_FIELDS = 50;
const MAX_MAPPED_WORDS = 500;

/** A source of events: what it speaks, how it authenticates or is reached, and what its silence means. No secret. */
export const EventSourceSchema = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' }),
  version: Type.Integer({ minimum: 1 }),
  /** Callers see it as `kind`, which is the partition key here. */
  sourceKind: Type.Enum(EVENT_SOURCE_KINDS),
  displayName: Name,
  isEnabled: Type.Boolean(),
  requiredPlatforms: Type.Array(Type.Enum(['android', 'iOS']), { maxItems: 2 }),
  silenceWindowInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 365 * 24 * 60 * 60 })),
  detectionLifetimeInHours: Type.Integer({ minimum: 1, maximum: 365 * 24 }),
  /** Where a pushed event has the secret. */
  authentication: Type.Optional(
    Type.Object({
      headerName: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' })),
      queryName: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
      /** Addresses are written into the logs of proxies. */
      isQueryAllowed: Type.Optional(Type.Boolean()),
    }),
  ),
  /** Where events are fetched. */
  connection: Type.Optional(
    Type.Object({
      endpoint: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
      streamId: Type.Optional(IdSchema),
      channelId: Type.Optional(IdSchema),
      containerUrl: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
      prefix: Type.Optional(Type.String({ maxLength: 1024 })),
    }),
  ),
  /** An operator's words in place of rows of the kind's table: by field, then by word in lower case. */
  mapping: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 64 }),
      Type.Record(Type.String({ maxLength: 128 }), Type.String({ maxLength: 128 }), {
        maxProperties: MAX_MAPPED_WORDS,
      }),
      { maxProperties: MAX_MAPPED_FIELDS },
    ),
  ),
  lastEventDateTime: Type.Optional(DateTimeSchema),
  createdDateTime: Type.Optional(DateTimeSchema),
  lastModifiedDateTime: Type.Optional(DateTimeSchema),
});
