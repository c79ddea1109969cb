import { createHash } from 'node:crypto';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { partnerStateOf } from '../../domain/compliance/partnerState.ts';
import { THREAT_CATALOGUE_VERSION } from '../../domain/threats/threatCatalogue.ts';

/**
 * A version of everything but the device that its evaluation depends on: the same until somebody changes the
 * configuration, the partner falls silent for too long or is back, or the catalogue is another. What the partner and
 * the sweep write all the time is left out, and what only decides about access.
 */
export function evaluatedVersion(configuration: Configuration, now: DateTime): string {
  const { tenantSettings, connector, compliancePolicies, threatOverrides, problems } =
    configuration;
  const { lastHeartbeatDateTime: _, ...said } = connector ?? {};
  const content = [
    tenantSettings,
    said,
    compliancePolicies.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    threatOverrides.toSorted((a, b) => (a.threatType < b.threatType ? -1 : 1)),
    problems.toSorted(),
    connector && partnerStateOf(connector, now),
    THREAT_CATALOGUE_VERSION,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}
