import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Problem } from '../../base/connectorError.ts';
import type {
  ConditionalAccessPolicy,
  DeviceCompliancePolicy,
  MobileThreatDefenseConnector,
  TenantSettings,
} from '../../domain/compliance/configuration.ts';
import { RESOURCES } from '../../domain/access/accessContext.ts';
import { compareOsVersions } from '../../domain/vocabulary/osVersion.ts';
import {
  effectiveThreat,
  findThreat,
  type ThreatOverride,
} from '../../domain/threats/threatCatalogue.ts';
import { integrationModeOf, partnerStateOf } from '../../domain/compliance/partnerState.ts';
import { blockActions } from '../../domain/compliance/scheduledActions.ts';
import {
  COMPLIANCE_POLICY_DEFAULTS,
  CONNECTOR_DEFAULTS,
  GRAPH_CONNECTOR_DEFAULTS,
  EVENT_SOURCE_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from './configurationDefaults.ts';
import {
  CompliancePolicySchema,
  ConditionalAccessPolicySchema,
  ConnectorSchema,
  EventSourceSchema,
  TenantSettingsSchema,
  ThreatOverrideSchema,
} from '../schemas/configurationSchemas.ts';
import { KnownReportFaultSchema } from '../schemas/reportFaultSchemas.ts';
import { mustBeOneOf } from '../../base/validation/messages.ts';
import {
  fromReportFaultId,
  meaningsOf,
  type KnownReportFault,
} from '../../domain/vocabulary/reportFault.ts';
import { DEFAULT_EVENT_SOURCE, DEFAULT_SOURCE_ID } from '../../domain/vocabulary/eventSource.ts';
import { SINGLETON_ID } from '../ports/configuration.ts';
import { fromGraphPolicy } from './fromGraphPolicy.ts';
import type { ManagedKind } from './managedKind.ts';
import { withAssignmentIds } from './readAssignments.ts';
import { withConditionNames } from './withConditionNames.ts';

function problemIf(isProblem: boolean, path: string, message: string): readonly Problem[] {
  return isProblem ? [{ path, message }] : [];
}

function findPolicyProblems(document: unknown): readonly Problem[] {
  const policy = document as DeviceCompliancePolicy;
  const { osMinimumVersion: minimum = '', osMaximumVersion: maximum = '' } = policy;
  const isAndroid = policy['@odata.type'] === '#microsoft.graph.androidCompliancePolicy';
  return [
    // Graph: one and only one block action a rule.
    ...problemIf(
      blockActions(policy).length !== 1,
      '/scheduledActionsForRule/0/scheduledActionConfigurations',
      'must hold exactly one action `block`',
    ),
    ...problemIf(
      minimum !== '' && maximum !== '' && (compareOsVersions(minimum, maximum) ?? 0) > 0,
      '/osMaximumVersion',
      `must not be older than ${minimum}`,
    ),
    ...problemIf(
      policy.deviceThreatProtectionEnabled &&
        policy.deviceThreatProtectionRequiredSecurityLevel === 'notSet' &&
        policy.deviceThreatProtectionDefenceLevels === undefined,
      '/deviceThreatProtectionRequiredSecurityLevel',
      'must be `secured`, `low`, `medium` or `high` if `deviceThreatProtectionEnabled` is true',
    ),
    ...problemIf(
      !isAndroid && policy.minAndroidSecurityPatchLevel !== undefined,
      '/minAndroidSecurityPatchLevel',
      'is allowed only in `#microsoft.graph.androidCompliancePolicy`',
    ),
  ];
}

export const COMPLIANCE_POLICIES: ManagedKind = {
  kind: 'deviceCompliancePolicy',
  noun: 'compliance policy',
  validator: Compile(CompliancePolicySchema),
  defaults: {
    ...COMPLIANCE_POLICY_DEFAULTS,
    scheduledActionsForRule: [
      {
        ruleName: 'PasswordRequired',
        scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 0 }],
      },
    ],
  },
  readOnly: ['id', 'kind', 'version', 'createdDateTime', 'lastModifiedDateTime'],
  immutable: ['@odata.type'],
  modifiedField: 'lastModifiedDateTime',
  complete: (document) => {
    const { id, assignments } = document as unknown as DeviceCompliancePolicy;
    return { assignments: withAssignmentIds(id, assignments) };
  },
  fromGraph: fromGraphPolicy,
  findProblems: findPolicyProblems,
};

const RESOURCE_NAME = new RegExp(`^(All|None|${RESOURCES.join('|')}|companyApp:\\S{1,200})$`);

function findAccessProblems(document: unknown): readonly Problem[] {
  const { conditions } = document as ConditionalAccessPolicy;
  const { includeApplications, excludeApplications = [] } = conditions.applications;
  const named = [
    ...includeApplications.map((name, at) => [`includeApplications/${String(at)}`, name] as const),
    ...excludeApplications.map((name, at) => [`excludeApplications/${String(at)}`, name] as const),
  ];
  const { users } = conditions;
  return [
    ...named
      .filter(([, name]) => !RESOURCE_NAME.test(name))
      .map(([path]) => ({
        path: `/conditions/applications/${path}`,
        message: `must be one of \`All\`, ${RESOURCES.map((name) => `\`${name}\``).join(', ')}, \`companyApp:…\``,
      })),
    ...problemIf(
      users !== undefined && !users.includeUsers?.length && !users.includeGroups?.length,
      '/conditions/users',
      'must include a user or a group: `includeUsers` or `includeGroups`',
    ),
  ];
}

export const ACCESS_POLICIES: ManagedKind = {
  kind: 'conditionalAccessPolicy',
  noun: 'conditional access policy',
  validator: Compile(ConditionalAccessPolicySchema),
  defaults: {},
  readOnly: ['id', 'kind', 'version', 'createdDateTime', 'modifiedDateTime'],
  immutable: [],
  modifiedField: 'modifiedDateTime',
  complete: (document) => ({
    conditions: withConditionNames((document as unknown as ConditionalAccessPolicy).conditions),
  }),
  findProblems: findAccessProblems,
};

function onlyDefault(id: string): object | undefined {
  return id === SINGLETON_ID ? {} : undefined;
}

/** The properties that readers see although they are not stored. */
function withGraphDefaults(document: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(GRAPH_CONNECTOR_DEFAULTS).map(([name, value]) => [
      name,
      document[name] ?? value,
    ]),
  );
}

/** An explicit `false` removes the property. An administrator may so write back what a reader sees. */
function withoutGraphDefaults(fields: Readonly<Record<string, unknown>>): typeof fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      value === false && name in GRAPH_CONNECTOR_DEFAULTS ? null : value,
    ]),
  );
}

export const CONNECTORS: ManagedKind = {
  kind: 'mobileThreatDefenseConnector',
  noun: 'connector',
  validator: Compile(ConnectorSchema),
  defaults: CONNECTOR_DEFAULTS,
  readOnly: [
    'id',
    'kind',
    'version',
    'lastHeartbeatDateTime',
    'lastPartnerSilence',
    'lastModifiedDateTime',
    'partnerState',
    'integrationMode',
  ],
  immutable: [],
  modifiedField: 'lastModifiedDateTime',
  blank: onlyDefault,
  fromGraph: withoutGraphDefaults,
  findProblems: (document) => {
    const connector = document as unknown as MobileThreatDefenseConnector;
    // In SEP Mobile the second check box depends on the first.
    return problemIf(
      connector.reportSecurityIncidents && !connector.reportDeviceHealthAndRisk,
      '/reportSecurityIncidents',
      'needs `reportDeviceHealthAndRisk` to be true as well',
    );
  },
  derive: (document, now) => {
    const connector = document as unknown as MobileThreatDefenseConnector;
    return {
      ...withGraphDefaults(document),
      partnerState: partnerStateOf(connector, now),
      integrationMode: integrationModeOf(connector),
    };
  },
};

export const TENANT_SETTINGS: ManagedKind = {
  kind: 'tenantSettings',
  noun: 'tenant settings',
  validator: Compile(TenantSettingsSchema),
  defaults: TENANT_SETTINGS_DEFAULTS,
  readOnly: ['id', 'kind', 'version', 'lastModifiedDateTime'],
  immutable: [],
  modifiedField: 'lastModifiedDateTime',
  blank: onlyDefault,
  findProblems: (document) => {
    const settings = document as unknown as TenantSettings;
    const { deviceHeartbeatWindowInSeconds: window } = settings;
    // A stored deadline lags by up to the slack. A device that reports in time must not count as silent.
    return problemIf(
      settings.deviceHeartbeatSlackInSeconds * 2 > window,
      '/deviceHeartbeatSlackInSeconds',
      `must be at most half of \`deviceHeartbeatWindowInSeconds\`, which is ${String(window)}`,
    );
  },
};

export const THREAT_OVERRIDES: ManagedKind = {
  kind: 'threatOverride',
  noun: 'threat type',
  validator: Compile(ThreatOverrideSchema),
  defaults: {},
  readOnly: ['id', 'kind', 'version', 'lastModifiedDateTime', 'threatType'],
  immutable: [],
  modifiedField: 'lastModifiedDateTime',
  blank: (threatType) => (findThreat(threatType) === undefined ? undefined : { threatType }),
  isReadBlank: true,
  findProblems: () => [],
  derive: (document) => {
    const override = document as unknown as ThreatOverride;
    return effectiveThreat(override.threatType, [override]) ?? {};
  },
};

/**
 * The faults of the partner's reports. The worker counts and holds them; an operator says what one means. `DELETE` makes
 * the worker count from the beginning.
 */
export const REPORT_FAULTS: ManagedKind = {
  kind: 'reportFault',
  noun: 'report fault',
  validator: Compile(KnownReportFaultSchema),
  defaults: {},
  readOnly: [
    'id',
    'kind',
    'version',
    'lastModifiedDateTime',
    'field',
    'word',
    'state',
    'windowBeganDateTime',
    'newlyBlockedDeviceCount',
    'heldDateTime',
  ],
  immutable: [],
  modifiedField: 'lastModifiedDateTime',
  blank: (id) => {
    const fault = fromReportFaultId(id);
    return fault && { ...fault, state: 'counting' };
  },
  isReadBlank: true,
  complete: (document) => {
    const { meaning, state } = document as unknown as KnownReportFault;
    return { state: meaning === undefined ? state : 'resolved' };
  },
  findProblems: (document) => {
    const { field, meaning } = document as unknown as KnownReportFault;
    const allowed = meaningsOf(field);
    return problemIf(
      meaning !== undefined && !allowed.includes(meaning),
      '/meaning',
      mustBeOneOf(allowed),
    );
  },
};

/** The host of the public cloud. The EU has `api.sep.eu.securitycloud.symantec.com`. */
const SES_ENDPOINT = 'https://api.sep.securitycloud.symantec.com';

/** A device record has room for the reports of so many. */
const MAX_EVENT_SOURCES = 8;

type StoredEventSource = Static<typeof EventSourceSchema>;

function findSourceProblems(document: unknown): readonly Problem[] {
  const { id, sourceKind, connection = {} } = document as StoredEventSource;
  const { streamId, channelId, containerUrl } = connection;
  const isExport = sourceKind === 'sesEventExport';
  return [
    ...problemIf(
      id === DEFAULT_SOURCE_ID && sourceKind !== 'cloudEvents',
      '/kind',
      'must be `cloudEvents` for the source `default`',
    ),
    ...problemIf(isExport && streamId === undefined, '/connection/streamId', 'is required'),
    ...problemIf(isExport && channelId === undefined, '/connection/channelId', 'is required'),
    ...problemIf(
      sourceKind === 'sesBlob' && containerUrl === undefined,
      '/connection/containerUrl',
      'is required',
    ),
  ];
}

/** Callers name the kind of a source `kind`, which is the partition key of the stored documents. */
export const EVENT_SOURCES: ManagedKind = {
  kind: 'eventSource',
  noun: 'event source',
  validator: Compile(EventSourceSchema),
  defaults: EVENT_SOURCE_DEFAULTS,
  readOnly: [
    'id',
    'sourceKind',
    'version',
    'createdDateTime',
    'lastModifiedDateTime',
    'lastEventDateTime',
    // It has an endpoint of its own, which checks its words.
    'mapping',
  ],
  immutable: ['sourceKind'],
  modifiedField: 'lastModifiedDateTime',
  ownIds: /^[a-z0-9][a-z0-9-]{0,62}$/,
  maxDocuments: MAX_EVENT_SOURCES,
  callerNames: { sourceKind: 'kind' },
  listedBlanks: [DEFAULT_SOURCE_ID],
  blank: (id) =>
    id === DEFAULT_SOURCE_ID
      ? { sourceKind: 'cloudEvents', displayName: DEFAULT_EVENT_SOURCE.displayName, version: 1 }
      : undefined,
  isReadBlank: true,
  fromGraph: ({ kind, ...fields }) =>
    kind === undefined ? fields : { ...fields, sourceKind: kind },
  complete: (document) => {
    const { sourceKind, connection } = document as unknown as StoredEventSource;
    return sourceKind === 'sesEventExport'
      ? { connection: { endpoint: SES_ENDPOINT, ...connection } }
      : {};
  },
  findProblems: findSourceProblems,
  derive: ({ sourceKind }) => ({ kind: sourceKind, sourceKind: undefined }),
};

/** Only the sweep and an operator's confirmation change it. */
export const SILENCE_BREAKERS: Pick<ManagedKind, 'kind' | 'noun'> = {
  kind: 'silenceBreaker',
  noun: 'silence breaker',
};
