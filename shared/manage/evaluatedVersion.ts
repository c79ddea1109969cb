import { createHash } from 'node:crypto';
import type { Configuration } from '../domain/configuration.ts';

/**
 * A version of everything in the configuration that the evaluation of a device depends on: the same until somebody
 * changes it. What the partner and the sweep write all the time is left out, and what only decides about access.
 */
export function evaluatedVersion(configuration: Configuration): string {
  const { tenantSettings, connector, compliancePolicies, threatOverrides, problems } =
    configuration;
  const { lastHeartbeatDateTime: _, ...said } = connector ?? {};
  const content = [
    tenantSettings,
    said,
    compliancePolicies.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    threatOverrides.toSorted((a, b) => (a.threatType < b.threatType ? -1 : 1)),
    problems.toSorted(),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}
