import { Type, type TSchema } from 'typebox';
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
import type { ManagedKind } from '../../core/configuration/managedKind.ts';
import {
  ACCESS_POLICIES,
  COMPLIANCE_POLICIES,
  CONNECTORS,
  TENANT_SETTINGS,
  THREAT_OVERRIDES,
} from '../../core/configuration/managedKinds.ts';
import { AssignSchema } from '../../core/configuration/readAssignments.ts';
import { PAGING } from './accessOperations.ts';
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
import type { Operation, Parameter } from './operation.ts';

const READ = ['Configuration.Read.All', 'Configuration.ReadWrite.All'] as const;
const WRITE = ['Configuration.ReadWrite.All'] as const;
const TAG = 'Configuration';

const CONFIRM: Parameter = {
  name: 'confirm',
  in: 'query',
  description: '`true` where the change may lock everybody out',
  schema: Type.Enum(['true']),
  example: 'true',
};
const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  description: 'The `@odata.etag` that was read; 412 where it was changed since',
  schema: Type.String(),
};

function pathId(example: string, description: string): Parameter {
  return { name: 'id', in: 'path', description, schema: IdSchema, example };
}

/** What a reader is shown of a document: what it says, and the version to name in `If-Match`. */
function shown(schema: TSchema, others: Readonly<Record<string, TSchema>> = {}): TSchema {
  return Type.Interface([schema as never], {
    id: IdSchema,
    '@odata.etag': Type.String(),
    ...others,
  });
}

/** What a caller may send of `schema`: with `required`, what has no default is; a change may take it back to that. */
function writable(
  kind: ManagedKind,
  schema: TSchema,
  isCreation: boolean,
  others: Readonly<Record<string, TSchema>> = {},
): TSchema {
  const { properties, required } = schema as unknown as {
    readonly properties: Record<string, TSchema>;
    readonly required: readonly string[];
  };
  const names = Object.keys(properties).filter((name) => !kind.readOnly.includes(name));
  const needed = required.filter((name) => names.includes(name) && !(name in kind.defaults));
  return {
    type: 'object',
    properties: {
      ...others,
      ...Object.fromEntries(
        names.map((name) => {
          const property = properties[name] ?? Type.Unknown();
          return [name, isCreation ? property : Type.Union([property, Type.Null()])];
        }),
      ),
    },
    ...(isCreation && needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
  };
}

const body = (schema: TSchema, example: unknown): NonNullable<Operation['request']> => ({
  contentTypes: ['application/json'],
  schema,
  example,
});

interface Collection {
  readonly kind: ManagedKind;
  readonly path: string;
  /** For operation ids: `DeviceCompliancePolicy`. */
  readonly name: string;
  readonly schema: TSchema;
  readonly creation: unknown;
  readonly change: unknown;
  readonly exampleId: string;
  readonly deletedId: string;
}

function operationsOf(collection: Collection): readonly Operation[] {
  const { kind, path, name, schema, creation, change, exampleId, deletedId } = collection;
  const one = `${path}/{id}`;
  const id = pathId(exampleId, `The id of the ${kind.noun}`);
  const plural = `${name.replace(/y$/, 'ie')}s`;
  return [
    {
      method: 'get',
      path,
      operationId: `list${plural}`,
      tag: TAG,
      summary: `A page, each a ${kind.noun}`,
      access: READ,
      parameters: PAGING,
      status: 200,
      answer: PageOf(shown(schema)),
    },
    {
      method: 'post',
      path,
      operationId: `create${name}`,
      tag: TAG,
      summary: `Create a ${kind.noun}`,
      access: WRITE,
      parameters: [CONFIRM],
      request: body(writable(kind, schema, true), creation),
      status: 201,
      answer: shown(schema),
      errors: [409, 413, 415],
    },
    {
      method: 'get',
      path: one,
      operationId: `get${name}`,
      tag: TAG,
      summary: `One ${kind.noun}`,
      access: READ,
      parameters: [id],
      status: 200,
      answer: shown(schema),
      errors: [404],
    },
    {
      method: 'patch',
      path: one,
      operationId: `update${name}`,
      tag: TAG,
      summary: `Change a ${kind.noun}: a property takes the place of the one that is kept, null its default`,
      access: WRITE,
      parameters: [id, CONFIRM, IF_MATCH],
      request: body(writable(kind, schema, false), change),
      status: 200,
      answer: shown(schema),
      errors: [404, 409, 412, 413, 415],
    },
    {
      method: 'delete',
      path: one,
      operationId: `delete${name}`,
      tag: TAG,
      summary: `Delete a ${kind.noun}`,
      access: WRITE,
      parameters: [{ ...id, example: deletedId }, CONFIRM, IF_MATCH],
      status: 204,
      errors: [404, 409, 412],
    },
  ];
}

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
  displayName: 'Attacked networks keep out of Wi-Fi and SharePoint',
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
const BREAKER_PATH = '/deviceManagement/silenceBreaker';

/** With an `id`, a change of that policy; without, a new one. */
const DraftSchema = writable(COMPLIANCE_POLICIES, CompliancePolicySchema, false, {
  id: IdSchema,
});

/** What an administrator says and sees. */
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
    summary: 'Say whom a policy is for, in place of whom it was for',
    access: WRITE,
    parameters: [pathId('android-baseline', 'The id of the compliance policy'), CONFIRM, IF_MATCH],
    request: body(AssignSchema, { assignments: ASSIGNMENTS }),
    status: 200,
    answer: Type.Object({ value: AssignmentsSchema }),
    errors: [404, 409, 412, 413, 415],
  },
  {
    method: 'post',
    path: '/deviceManagement/deviceCompliancePolicies/whatIf',
    operationId: 'whatIfDeviceCompliancePolicies',
    tag: TAG,
    summary: 'Who would become noncompliant or compliant by this policy, and why; changes nothing',
    access: READ,
    parameters: PAGING.filter(({ name }) => name === '$skiptoken'),
    request: body(DraftSchema, { ...COMPLIANCE_POLICY, assignments: ASSIGNMENTS }),
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
    summary: 'The connector, in a list as Graph has it',
    access: READ,
    parameters: PAGING,
    status: 200,
    answer: PageOf(ConnectorAnswer),
  },
  ...document(`${CONNECTOR_PATH}/{id}`, 'MobileThreatDefenseConnector', CONNECTORS, {
    schema: ConnectorSchema,
    answer: ConnectorAnswer,
    parameters: [pathId('default', 'There is one connector, `default`')],
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
    summary: 'What low, medium and high mean: every threat type, as this organisation sees it',
    access: READ,
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
    summary: 'Go back to what the catalogue says about a threat type',
    access: WRITE,
    parameters: [pathId('openWifi', 'The threat type'), CONFIRM, IF_MATCH],
    status: 204,
    errors: [404, 409, 412],
  },
  {
    method: 'get',
    path: BREAKER_PATH,
    operationId: 'getSilenceBreaker',
    tag: 'Operations',
    summary:
      'Whether the silence breaker holds the devices’ clocks, and how many would be marked without it',
    access: READ,
    status: 200,
    answer: SilenceBreakerAnswerSchema,
  },
  {
    method: 'post',
    path: `${BREAKER_PATH}/confirm`,
    operationId: 'confirmSilence',
    tag: 'Operations',
    summary:
      'Say that the devices are silent indeed: they are marked; 409 where the breaker is not open',
    access: WRITE,
    parameters: [IF_MATCH],
    status: 409,
    otherStatuses: { 200: 'The devices’ clocks run on' },
    answer: SilenceBreakerSchema,
    errors: [412],
  },
  {
    method: 'get',
    path: '/deviceManagement/auditEvents',
    operationId: 'listAuditEvents',
    tag: 'Operations',
    summary: 'Who changed what of the configuration, latest first',
    access: READ,
    parameters: PAGING,
    status: 200,
    answer: PageOf(AuditEventSchema),
  },
  {
    method: 'get',
    path: '/setup',
    operationId: 'getSetup',
    tag: 'Operations',
    summary: 'What has yet to be done before the first device is judged',
    access: READ,
    status: 200,
    answer: SetupSchema,
  },
  {
    method: 'get',
    path: '/setup/appConfigurations/{platform}',
    operationId: 'getAppConfiguration',
    tag: 'Operations',
    summary: 'The app configuration policy for the SEP Mobile app, to import into Intune',
    access: READ,
    parameters: [
      {
        name: 'platform',
        in: 'path',
        description: 'The platform of the app',
        schema: Type.Enum(['ios', 'android']),
        example: 'ios',
      },
    ],
    status: 200,
    answer: AppConfigurationSchema,
    errors: [404],
  },
];

function document(
  path: string,
  name: string,
  kind: ManagedKind,
  {
    schema,
    answer,
    parameters,
    change,
  }: {
    readonly schema: TSchema;
    readonly answer: TSchema;
    readonly parameters: readonly Parameter[];
    readonly change: unknown;
  },
): readonly Operation[] {
  return [
    {
      method: 'get',
      path,
      operationId: `get${name}`,
      tag: TAG,
      summary: `The ${kind.noun}`,
      access: READ,
      parameters,
      status: 200,
      answer,
      errors: [404],
    },
    {
      method: 'patch',
      path,
      operationId: `update${name}`,
      tag: TAG,
      summary: `Change the ${kind.noun}: a property takes the place of the one that is kept, null its default`,
      access: WRITE,
      parameters: [...parameters, CONFIRM, IF_MATCH],
      request: body(writable(kind, schema, false), change),
      status: 200,
      answer,
      errors: [404, 409, 412, 413, 415],
    },
  ];
}
