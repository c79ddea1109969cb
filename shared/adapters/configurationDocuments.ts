import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Configuration } from '../domain/configuration.ts';
import { THREAT_CEILINGS } from '../domain/threat.ts';
import { checkShape } from '../ingest/checkShape.ts';
import { DateTimeSchema, IdSchema } from '../ingest/schemas.ts';

/** The kinds of document in the `configuration` container: its partition key. */
export const CONFIGURATION_KINDS = [
  'tenantSettings',
  'mobileThreatDefenseConnector',
  'deviceCompliancePolicy',
  'conditionalAccessPolicy',
  'silenceBreaker',
] as const;
export type ConfigurationKind = (typeof CONFIGURATION_KINDS)[number];

const seconds = Type.Integer({ minimum: 0, maximum: 365 * 24 * 60 * 60 });

const TenantSettingsSchema = Compile(
  Type.Object({
    secureByDefault: Type.Boolean(),
    deviceHeartbeatWindowInSeconds: seconds,
    deviceHeartbeatSlackInSeconds: seconds,
    partnerHeartbeatSlackInSeconds: seconds,
    silenceBreakerShareInPercent: Type.Integer({ minimum: 1, maximum: 100 }),
    silenceBreakerMinimumDevices: Type.Integer({ minimum: 1 }),
  }),
);

const ConnectorSchema = Compile(
  Type.Object({
    id: IdSchema,
    androidEnabled: Type.Boolean(),
    iosEnabled: Type.Boolean(),
    androidDeviceBlockedOnMissingPartnerData: Type.Boolean(),
    iosDeviceBlockedOnMissingPartnerData: Type.Boolean(),
    partnerUnresponsivenessThresholdInDays: Type.Integer({ minimum: 1, maximum: 365 }),
    lastHeartbeatDateTime: Type.Optional(DateTimeSchema),
  }),
);

const CompliancePolicySchema = Compile(
  Type.Object({
    '@odata.type': Type.Enum([
      '#microsoft.graph.androidCompliancePolicy',
      '#microsoft.graph.iosCompliancePolicy',
    ]),
    id: IdSchema,
    version: Type.Integer({ minimum: 1 }),
    displayName: Type.String(),
    deviceThreatProtectionEnabled: Type.Boolean(),
    deviceThreatProtectionRequiredSecurityLevel: Type.Enum(THREAT_CEILINGS),
    assignments: Type.Array(
      Type.Object({
        target: Type.Union([
          Type.Object({
            '@odata.type': Type.Literal('#microsoft.graph.allLicensedUsersAssignmentTarget'),
          }),
          Type.Object({
            '@odata.type': Type.Enum([
              '#microsoft.graph.groupAssignmentTarget',
              '#microsoft.graph.exclusionGroupAssignmentTarget',
            ]),
            groupId: IdSchema,
          }),
        ]),
      }),
    ),
  }),
);

const ConditionalAccessPolicySchema = Compile(
  Type.Object({
    id: IdSchema,
    version: Type.Integer({ minimum: 1 }),
    displayName: Type.String(),
    state: Type.Enum(['enabled', 'disabled', 'enabledForReportingButNotEnforced']),
    conditions: Type.Object({
      applications: Type.Object({
        includeApplications: Type.Array(IdSchema),
        excludeApplications: Type.Optional(Type.Array(IdSchema)),
      }),
    }),
    grantControls: Type.Object({
      operator: Type.Enum(['OR', 'AND']),
      builtInControls: Type.Array(Type.Enum(['block', 'compliantDevice']), { minItems: 1 }),
    }),
  }),
);

const SilenceBreakerSchema = Compile(
  Type.Union([
    Type.Object({ state: Type.Literal('closed') }),
    Type.Object({
      state: Type.Literal('open'),
      heldDateTime: DateTimeSchema,
      openedDateTime: DateTimeSchema,
    }),
  ]),
);

interface StoredDocument {
  readonly id: string;
  readonly kind: string;
}

/**
 * The configuration in these documents. One that does not read as what it claims to be becomes a problem, which
 * blocks: it might have been the one that forbids.
 */
export function fromConfigurationDocuments(documents: readonly StoredDocument[]): Configuration {
  const problems: string[] = [];
  const read = <T>(kind: ConfigurationKind, validator: Parameters<typeof checkShape<T>>[0]): T[] =>
    documents
      .filter((document) => document.kind === kind)
      .flatMap((document) => {
        const checked = checkShape(validator, document);
        if (checked.ok) return [checked.value];
        const [problem] = checked.problems;
        problems.push(`${kind}/${document.id}: ${problem?.path ?? ''} ${problem?.message ?? ''}`);
        return [];
      });
  const [tenantSettings] = read('tenantSettings', TenantSettingsSchema);
  const [connector] = read('mobileThreatDefenseConnector', ConnectorSchema);
  const compliancePolicies = read('deviceCompliancePolicy', CompliancePolicySchema);
  const conditionalAccessPolicies = read('conditionalAccessPolicy', ConditionalAccessPolicySchema);
  const [silenceBreaker = { state: 'closed' as const }] = read(
    'silenceBreaker',
    SilenceBreakerSchema,
  );
  return {
    ...(tenantSettings === undefined ? {} : { tenantSettings }),
    ...(connector === undefined ? {} : { connector }),
    compliancePolicies,
    conditionalAccessPolicies,
    silenceBreaker,
    problems,
  };
}
