import { Type } from 'typebox';
import {
  ACCESS_POLICIES,
  COMPLIANCE_POLICIES,
  CONNECTORS,
  REPORT_FAULTS,
  TENANT_SETTINGS,
  THREAT_OVERRIDES,
} from '../../core/configuration/managedKinds.ts';
import { AssignSchema } from '../../core/configuration/readAssignments.ts';
import { IdSchema } from '../../core/schemas/commonSchemas.ts';
import {
  CompliancePolicySchema,
  ConditionalAccessPolicySchema,
  ConnectorSchema,
  AssignmentsSchema,
  SilenceBreakerSchema,
  TenantSettingsSchema,
  ThreatOverrideSchema,
} from '../../core/schemas/configurationSchemas.ts';
import { KnownReportFaultSchema } from '../../core/schemas/reportFaultSchemas.ts';
import {
  AppConfigurationSchema,
  AuditEventSchema,
  PageOf,
  SetupSchema,
  SilenceBreakerAnswerSchema,
  ThreatDefinitionSchema,
  ThreatDefinitionsSchema,
  WhatIfAnswerSchema,
} from './answerSchemas.ts';
import {
  CONFIRM,
  document,
  IF_MATCH,
  operationsOf,
  pathId,
  shown,
  writable,
} from './collectionOperations.ts';
import type { Operation } from './operation.ts';
import {
  CONFIGURATION_READ_ROLES,
  CONFIGURATION_WRITE_ROLES,
  jsonBody,
  PAGING,
  pathParameter,
} from './operationParts.ts';

const TAG = 'Configuration';

const COMPLIANCE_POLICY = {
  '@odata.type': '#microsoft.graph.androidCompliancePolicy',
  displayName: 'Finance phones',
  deviceThreatProtectionEnabled: true,
  deviceThreatProtectionRequiredSecurityLevel: 'low',
  deviceThreatProtectionDefenceLevels: { network: 'secured' },
  osMinimumVersion: '13',
  scheduledActionsForRule: [
    {
      scheduledActionConfigurations: [
        { actionType: 'pushNotification', gracePeriodHours: 0 },
        { actionType: 'block', gracePeriodHours: 24 },
      ],
    },
  ],
};

const ASSIGNMENTS = [
  { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'finance' } },
];

const ACCESS_POLICY = {
  displayName: 'Attacked networks: no Wi-Fi, no SharePoint',
  state: 'enabledForReportingButNotEnforced',
  conditions: {
    applications: { includeApplications: ['wifi', 'sharePointOnline'] },
    deviceThreat: { defences: ['network'], minimumLevel: 'medium' },
  },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
};

const CONNECTOR_PATH = '/deviceManagement/mobileThreatDefenseConnectors';
const ConnectorAnswer = shown(ConnectorSchema, {
  partnerState: Type.Enum(['notSetUp', 'available', 'enabled', 'unresponsive']),
  integrationMode: Type.Enum(['readOnly', 'basic', 'full']),
});
const DEFINITIONS_PATH = '/deviceManagement/threatDefinitions';
const FAULTS_PATH = '/deviceManagement/reportFaults';
const ReportFaultAnswerSchema = shown(KnownReportFaultSchema);
const BREAKER_PATH = '/deviceManagement/silenceBreaker';

/** With an `id` a change of that policy, otherwise a new one. */
const DraftSchema = writable(COMPLIANCE_POLICIES, CompliancePolicySchema, false, {
  id: IdSchema,
});

/** The configuration, for administrators. */
export const MANAGEMENT_OPERATIONS: readonly Operation[] = [
  ...operationsOf({
    kind: COMPLIANCE_POLICIES,
    path: '/deviceManagement/deviceCompliancePolicies',
    name: 'DeviceCompliancePolicy',
    schema: CompliancePolicySchema,
    creation: { ...COMPLIANCE_POLICY, assignments: ASSIGNMENTS },
    change: { osMinimumVersion: '14' },
    exampleId: 'android-baseline',
    deletedId: 'ios-baseline',
  }),
  {
    method: 'post',
    path: '/deviceManagement/deviceCompliancePolicies/{id}/assign',
    operationId: 'assignDeviceCompliancePolicy',
    tag: TAG,
    summary: 'Replace the assignments of a compliance policy',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [pathId('android-baseline', 'The id of the compliance policy'), CONFIRM, IF_MATCH],
    request: jsonBody(AssignSchema, { assignments: ASSIGNMENTS }),
    status: 200,
    answer: Type.Object({ value: AssignmentsSchema }),
    errors: [404, 409, 412, 413, 415],
  },
  {
    method: 'post',
    path: '/deviceManagement/deviceCompliancePolicies/whatIf',
    operationId: 'whatIfDeviceCompliancePolicies',
    tag: TAG,
    summary:
      'Preview which devices would become compliant or noncompliant under a policy, and why; changes nothing',
    access: CONFIGURATION_READ_ROLES,
    parameters: PAGING.filter(({ name }) => name === '$skiptoken'),
    request: jsonBody(DraftSchema, { ...COMPLIANCE_POLICY, assignments: ASSIGNMENTS }),
    status: 200,
    answer: WhatIfAnswerSchema,
    errors: [404, 413, 415],
  },
  ...operationsOf({
    kind: ACCESS_POLICIES,
    path: '/identity/conditionalAccess/policies',
    name: 'ConditionalAccessPolicy',
    schema: ConditionalAccessPolicySchema,
    creation: ACCESS_POLICY,
    change: { displayName: 'Only compliant devices' },
    exampleId: 'require-compliant-device',
    deletedId: 'require-compliant-device',
  }),
  {
    method: 'get',
    path: CONNECTOR_PATH,
    operationId: 'listMobileThreatDefenseConnectors',
    tag: TAG,
    summary: 'List the connector, in the form of Graph',
    access: CONFIGURATION_READ_ROLES,
    parameters: PAGING,
    status: 200,
    answer: PageOf(ConnectorAnswer),
  },
  ...document(`${CONNECTOR_PATH}/{id}`, 'MobileThreatDefenseConnector', CONNECTORS, {
    schema: ConnectorSchema,
    answer: ConnectorAnswer,
    parameters: [pathId('default', 'The only connector is `default`')],
    change: { partnerUnresponsivenessThresholdInDays: 14 },
  }),
  ...document('/deviceManagement/settings', 'DeviceManagementSettings', TENANT_SETTINGS, {
    schema: TenantSettingsSchema,
    answer: shown(TenantSettingsSchema),
    parameters: [],
    change: { deviceComplianceCheckinThresholdDays: 14 },
  }),
  {
    method: 'get',
    path: DEFINITIONS_PATH,
    operationId: 'listThreatDefinitions',
    tag: TAG,
    summary: 'List every threat type with its severity in this organisation',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: ThreatDefinitionsSchema,
  },
  ...document(`${DEFINITIONS_PATH}/{id}`, 'ThreatDefinition', THREAT_OVERRIDES, {
    schema: ThreatOverrideSchema,
    answer: shown(ThreatDefinitionSchema, {
      version: Type.Optional(Type.Integer()),
      lastModifiedDateTime: Type.Optional(Type.String()),
    }),
    parameters: [pathId('openWifi', 'The threat type')],
    change: { severity: 'medium', remediationSteps: ['Use the guest network.'] },
  }),
  {
    method: 'delete',
    path: `${DEFINITIONS_PATH}/{id}`,
    operationId: 'deleteThreatDefinition',
    tag: TAG,
    summary: 'Delete the override of a threat type, so the catalogue applies again',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [pathId('openWifi', 'The threat type'), CONFIRM, IF_MATCH],
    status: 204,
    errors: [404, 409, 412],
  },
  {
    method: 'get',
    path: FAULTS_PATH,
    operationId: 'listReportFaults',
    tag: 'Operations',
    summary:
      'List the faults of SEP Mobile’s reports that newly blocked a device, are held, or are resolved',
    access: CONFIGURATION_READ_ROLES,
    parameters: PAGING,
    status: 200,
    answer: PageOf(ReportFaultAnswerSchema),
  },
  ...document(`${FAULTS_PATH}/{id}`, 'ReportFault', REPORT_FAULTS, {
    schema: KnownReportFaultSchema,
    answer: ReportFaultAnswerSchema,
    parameters: [pathId('severity.critical', 'The field and the unknown word')],
    change: { meaning: 'high' },
  }),
  {
    method: 'delete',
    path: `${FAULTS_PATH}/{id}`,
    operationId: 'deleteReportFault',
    tag: 'Operations',
    summary:
      'Delete what is known about a report fault, so it counts as the worst and is counted from the beginning',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [pathId('severity.critical', 'The field and the unknown word'), CONFIRM, IF_MATCH],
    status: 204,
    errors: [404, 409, 412],
  },
  {
    method: 'get',
    path: BREAKER_PATH,
    operationId: 'getSilenceBreaker',
    tag: 'Operations',
    summary: 'Get the state of the silence breaker, and how many devices are silent without it',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: SilenceBreakerAnswerSchema,
  },
  {
    method: 'post',
    path: `${BREAKER_PATH}/confirm`,
    operationId: 'confirmSilence',
    tag: 'Operations',
    summary:
      'Confirm that the devices are really silent, so they become noncompliant; 409 if the breaker is not open',
    access: CONFIGURATION_WRITE_ROLES,
    parameters: [IF_MATCH],
    status: 409,
    otherStatuses: { 200: 'The breaker no longer stops the clocks of the devices' },
    answer: SilenceBreakerSchema,
    errors: [412],
  },
  {
    method: 'get',
    path: '/deviceManagement/auditEvents',
    operationId: 'listAuditEvents',
    tag: 'Operations',
    summary: 'List the changes of the configuration with their actors, newest first',
    access: CONFIGURATION_READ_ROLES,
    parameters: PAGING,
    status: 200,
    answer: PageOf(AuditEventSchema),
  },
  {
    method: 'get',
    path: '/setup',
    operationId: 'getSetup',
    tag: 'Operations',
    summary: 'List the setup steps before the first device can be evaluated',
    access: CONFIGURATION_READ_ROLES,
    status: 200,
    answer: SetupSchema,
  },
  {
    method: 'get',
    path: '/setup/appConfigurations/{platform}',
    operationId: 'getAppConfiguration',
    tag: 'Operations',
    summary: 'Get the app configuration policy of the SEP Mobile app, for import into Intune',
    access: CONFIGURATION_READ_ROLES,
    parameters: [
      pathParameter('platform', 'The platform of the app', 'ios', Type.Enum(['ios', 'android'])),
    ],
    status: 200,
    answer: AppConfigurationSchema,
    errors: [404],
  },
];
