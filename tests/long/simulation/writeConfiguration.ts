import {
  COMPLIANCE_POLICY_DEFAULTS,
  CONNECTOR_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from '../../../shared/core/configuration/configurationDefaults.ts';
import { SIEM_SOURCE, type SourceRule } from './histories/eventSources.ts';
import type { Subject } from './histories/conditions.ts';
import { GUEST_GROUP, STAFF_GROUP, STRICT_GROUP } from './histories/createEnrolment.ts';
import { BEGINNING, type Ceiling, type History } from './histories/history.ts';
import type { Shared } from './system/ports.ts';
import { MOST_BLOCKED } from './reference/hold.ts';

const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;
/** How many devices at once are an accident; elsewhere all of them may be silent or blocked. */
function protectionOf(subject: Subject): object {
  return subject === 'rename' || subject === 'breaker'
    ? {
        silenceBreakerMinimumDevices: MOST_BLOCKED.fewest,
        silenceBreakerShareInPercent: MOST_BLOCKED.shareInPercent,
      }
    : { silenceBreakerMinimumDevices: 1000 };
}

export const FIRST_CEILING: Ceiling = 'low';

/** Writes the configuration of an operator from the day before. */
export function writeConfiguration(
  { documents }: Pick<Shared, 'documents'>,
  { conditions, sources }: Pick<History, 'conditions' | 'sources'>,
): void {
  const { subject, windowInMilliseconds, slackInMilliseconds } = conditions;
  const iso = new Date(BEGINNING - DAY_IN_MILLISECONDS).toISOString();
  const put = (document: { readonly kind: string; readonly id: string }): void => {
    documents.write(`${document.kind}/${document.id}`, document, undefined);
  };
  put({
    id: 'default',
    kind: 'tenantSettings',
    ...TENANT_SETTINGS_DEFAULTS,
    deviceHeartbeatWindowInSeconds: windowInMilliseconds / 1000,
    deviceHeartbeatSlackInSeconds: slackInMilliseconds / 1000,
    ...protectionOf(subject),
    lastModifiedDateTime: iso,
  } as never);
  put({
    id: 'default',
    kind: 'mobileThreatDefenseConnector',
    ...CONNECTOR_DEFAULTS,
    androidEnabled: true,
    iosEnabled: true,
    lastModifiedDateTime: iso,
  } as never);
  put(policyOf(FIRST_CEILING, 1, iso));
  if (hasStrictPolicy(subject)) put(strictPolicy(iso));
  for (const policy of accessPolicies(iso)) put(policy);
  for (const rule of sources?.rules ?? []) put(sourceOf(rule, 1, iso));
}

/** The document of an event source. */
export function sourceOf(
  { id, isEnabled, isRequired, lifetimeInHours }: SourceRule,
  version: number,
  lastModifiedDateTime: string,
): { readonly kind: string; readonly id: string } {
  return {
    id,
    kind: 'eventSource',
    version,
    sourceKind: id === SIEM_SOURCE ? 'sepMobileSiem' : 'sesEventExport',
    displayName: id,
    isEnabled,
    requiredPlatforms: isRequired ? ['android'] : [],
    detectionLifetimeInHours: lifetimeInHours,
    lastModifiedDateTime,
  } as never;
}

/** Histories with an outage are about time, and there are many of them, so their configuration is small. */
export function hasStrictPolicy(subject: Subject): boolean {
  return subject !== 'outage';
}

type Document = { readonly kind: string; readonly id: string };

/** A policy for the members of a group, which allows no threat at all. */
function strictPolicy(lastModifiedDateTime: string): Document {
  return {
    ...policyOf('secured', 1, lastModifiedDateTime),
    id: 'strict',
    assignments: [
      {
        target: {
          '@odata.type': '#microsoft.graph.groupAssignmentTarget',
          groupId: `{${STRICT_GROUP.toUpperCase()}}`,
        },
      },
    ],
  } as never;
}

/** What each resource requires. */
function accessPolicies(modifiedDateTime: string): readonly Document[] {
  const policy = (id: string, conditions: object, control: string): Document =>
    ({
      id,
      kind: 'conditionalAccessPolicy',
      version: 1,
      displayName: id,
      state: 'enabled',
      conditions,
      grantControls: { operator: 'OR', builtInControls: [control] },
      modifiedDateTime,
    }) as never;
  const all = { includeUsers: ['All'] };
  const of = (...includeApplications: readonly string[]): object => ({ includeApplications });
  return [
    policy(
      'mail',
      { applications: of('exchangeOnline', 'sharePointOnline'), users: all },
      'compliantDevice',
    ),
    policy(
      'threats',
      {
        applications: of('sharePointOnline'),
        users: all,
        deviceThreat: { defences: ['application', 'network'], minimumLevel: 'low' },
      },
      'block',
    ),
    policy(
      'wifi',
      {
        applications: of('wifi'),
        users: { includeGroups: [STAFF_GROUP.toUpperCase()], excludeGroups: [GUEST_GROUP] },
      },
      'compliantDevice',
    ),
  ];
}

/** The policy for all, which edits change. */
export function policyOf(
  ceiling: Ceiling,
  version: number,
  lastModifiedDateTime: string,
): { readonly kind: string; readonly id: string } {
  return {
    '@odata.type': '#microsoft.graph.androidCompliancePolicy',
    id: 'baseline',
    kind: 'deviceCompliancePolicy',
    ...COMPLIANCE_POLICY_DEFAULTS,
    version,
    displayName: 'baseline',
    deviceThreatProtectionEnabled: true,
    deviceThreatProtectionRequiredSecurityLevel: ceiling,
    lastModifiedDateTime,
    assignments: [
      { target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' } },
    ],
  } as never;
}
