import {
  COMPLIANCE_POLICY_DEFAULTS,
  CONNECTOR_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from '../../../shared/core/configuration/configurationDefaults.ts';
import type { Conditions } from './conditions.ts';
import { BEGINNING, type Ceiling } from './history.ts';
import type { Shared } from './ports.ts';

const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;
export const FIRST_CEILING: Ceiling = 'low';

/** Writes the configuration of an operator from the day before. */
export function writeConfiguration(
  { documents }: Pick<Shared, 'documents'>,
  { windowInMilliseconds, slackInMilliseconds }: Conditions,
): void {
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
    silenceBreakerMinimumDevices: 1000,
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
}

/** The only policy, which edits change. */
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
