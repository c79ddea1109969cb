import type { Configuration } from '../../shared/domain/compliance/configuration.ts';
import { fromConfigurationDocuments } from '../../shared/core/configuration/configurationDocuments.ts';
import { SAMPLE_ORGANISATION } from '../../infra/local/stack/sampleOrganisation.ts';

/** The sample organisation's configuration, with a partner that has just reported. */
export function sampleConfiguration(changes: Partial<Configuration> = {}): Configuration {
  const configuration = fromConfigurationDocuments(SAMPLE_ORGANISATION);
  return {
    ...configuration,
    ...(configuration.connector === undefined
      ? {}
      : {
          connector: {
            ...configuration.connector,
            lastHeartbeatDateTime: '2026-01-01T12:10:00.000Z',
          },
        }),
    ...changes,
  };
}
