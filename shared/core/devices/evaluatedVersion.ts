import { createHash } from 'node:crypto';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { defined } from '../../base/defined.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import { partnerStateOf } from '../../domain/compliance/partnerState.ts';
import { THREAT_CATALOGUE_VERSION } from '../../domain/threats/threatCatalogue.ts';

/**
 * A version of everything that an evaluation depends on, except the device. It changes with the configuration, with the
 * partner's state and with the threat catalogue. It leaves out values that the partner and the sweep write all the
 * time, and settings that only decide about access.
 */
export function evaluatedVersion(configuration: Configuration, now: DateTime): string {
  const { tenantSettings, connector, compliancePolicies, threatOverrides, problems, reportFaults } =
    configuration;
  const { eventSources } = configuration;
  const {
    lastHeartbeatDateTime: _,
    lastPartnerSilence: __,
    ...connectorSettings
  } = connector ?? {};
  const content = [
    tenantSettings,
    connectorSettings,
    compliancePolicies.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    threatOverrides.toSorted((a, b) => (a.threatType < b.threatType ? -1 : 1)),
    problems.toSorted(),
    reportFaults
      .filter(({ state }) => state !== 'counting')
      .map(({ id, state, heldDateTime, meaning }) => ({ id, state, heldDateTime, meaning }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    eventSources.map(evaluatedPart).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    connector && partnerStateOf(connector, now),
    THREAT_CATALOGUE_VERSION,
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
}

/** How its events are fetched and read changes no stored fact. */
function evaluatedPart(source: EventSource): Partial<EventSource> & Pick<EventSource, 'id'> {
  const { id, kind, displayName, isEnabled } = source;
  const { requiredPlatforms, silenceWindowInSeconds, detectionLifetimeInHours } = source;
  return {
    id,
    kind,
    displayName,
    isEnabled,
    requiredPlatforms,
    detectionLifetimeInHours,
    ...defined({ silenceWindowInSeconds }),
  };
}
