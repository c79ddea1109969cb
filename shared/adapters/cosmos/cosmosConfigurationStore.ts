import type { Database } from '@azure/cosmos';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import type { ConfigurationCache, ConfigurationStore } from '../../core/ports/configuration.ts';
import type { Dependency } from '../../core/ports/dependency.ts';
import { remember } from '../../base/remember.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { fromConfigurationDocuments } from '../../core/configuration/configurationDocuments.ts';
import { callCosmos } from './cosmosDatabase.ts';
import { queryConfiguration } from './queryConfiguration.ts';

/** The one connector and the one breaker have this id. */
const SINGLETON_ID = 'default';
const CONNECTOR_KIND = 'mobileThreatDefenseConnector';

interface Options {
  readonly database: Database;
  readonly cacheInSeconds: number;
  readonly recoveredDateTime?: DateTime | undefined;
  readonly now: () => Date;
}

/** The configuration in Cosmos DB, read in one query and kept for `cacheInSeconds`. */
export function createCosmosConfigurationStore({
  database,
  cacheInSeconds,
  recoveredDateTime,
  now,
}: Options): ConfigurationStore & ConfigurationCache & Dependency {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  const remembered = remember<Configuration>(
    async () => ({
      ...fromConfigurationDocuments(await queryConfiguration(container)),
      ...defined({ recoveredDateTime }),
    }),
    cacheInSeconds,
    now,
  );
  const load = remembered.get;

  return {
    name: 'cosmosDb',
    load,

    async check() {
      await callCosmos(() => container.item(SINGLETON_ID, CONNECTOR_KIND).read());
    },

    async recordPartnerActivity(moment) {
      const { connector, tenantSettings } = await load();
      if (connector === undefined) return;
      const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
      const known = connector.lastHeartbeatDateTime;
      if (known !== undefined && moment <= addSeconds(known, slackInSeconds)) return;
      // 412: heard later than that already. 404: no connector any more, so nothing to note it in.
      await callCosmos(
        () =>
          container.item(connector.id, CONNECTOR_KIND).patch({
            // A DateTime holds no quote, so it can stand in the text; patch conditions take no parameters.
            condition: `FROM c WHERE NOT IS_DEFINED(c.lastHeartbeatDateTime) OR c.lastHeartbeatDateTime < "${moment}"`,
            operations: [{ op: 'set', path: '/lastHeartbeatDateTime', value: moment }],
          }),
        [404, 412],
      );
    },

    async saveSilenceBreaker(breaker) {
      await callCosmos(() =>
        container.items.upsert({ id: SINGLETON_ID, kind: 'silenceBreaker', ...breaker }),
      );
      remembered.forget();
    },

    forget: remembered.forget,
  };
}
