import type { ConfigurationKind } from '../../../shared/core/configuration/configurationDocuments.ts';
import type {
  ConditionalAccessPolicy,
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  TenantSettings,
} from '../../../shared/domain/compliance/configuration.ts';
import {
  CONNECTOR_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from '../../../shared/core/configuration/configurationDefaults.ts';

type ConfigurationDocument = { readonly id: string; readonly kind: ConfigurationKind };

const TENANT_SETTINGS: TenantSettings & ConfigurationDocument = {
  id: 'default',
  kind: 'tenantSettings',
  ...TENANT_SETTINGS_DEFAULTS,
  // Saves every heartbeat at once, so it is visible. A fleet saves writes with hours here.
  deviceHeartbeatSlackInSeconds: 0,
  partnerHeartbeatSlackInSeconds: 1,
};

const CONNECTOR: MobileThreatDefenseConnector & ConfigurationDocument = {
  id: 'default',
  kind: 'mobileThreatDefenseConnector',
  ...CONNECTOR_DEFAULTS,
  androidEnabled: true,
  iosEnabled: true,
};

const COMPLIANCE_POLICIES = (['android', 'ios'] as const).map(
  (platform): DeviceCompliancePolicy & ConfigurationDocument => ({
    '@odata.type': `#microsoft.graph.${platform}CompliancePolicy`,
    id: `${platform}-baseline`,
    kind: 'deviceCompliancePolicy',
    version: 1,
    displayName: platform === 'ios' ? 'iOS/iPadOS baseline' : 'Android baseline',
    deviceThreatProtectionEnabled: true,
    deviceThreatProtectionRequiredSecurityLevel: 'low',
    assignments: [
      { target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' } },
    ],
  }),
);

const CONDITIONAL_ACCESS_POLICY: ConditionalAccessPolicy & ConfigurationDocument = {
  id: 'require-compliant-device',
  kind: 'conditionalAccessPolicy',
  version: 1,
  displayName: 'Require a compliant device',
  state: 'enabled',
  conditions: { applications: { includeApplications: ['All'] } },
  grantControls: { operator: 'OR', builtInControls: ['compliantDevice'] },
};

/** The configuration with which the local system starts. */
export const SAMPLE_ORGANISATION: readonly ConfigurationDocument[] = [
  TENANT_SETTINGS,
  CONNECTOR,
  ...COMPLIANCE_POLICIES,
  CONDITIONAL_ACCESS_POLICY,
];
