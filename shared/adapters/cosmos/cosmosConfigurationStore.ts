import type { Database } from '@azure/cosmos';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import {
  SINGLETON_ID,
  type ConfigurationCache,
  type ConfigurationStore,
} from '../../core/ports/configuration.ts';
import { defined } from '../../base/defined.ts';
import type { Dependency } from '../../core/ports/dependency.ts';
import { remember } from '../../base/remember.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { fromConfigurationDocuments } from '../../core/configuration/configurationDocuments.ts';
import { callCosmos, tryCosmos } from './callCosmos.ts';
import { readItem } from './cosmosItems.ts';
import { queryConfiguration } from './queryConfiguration.ts';

const CONNECTOR_KIND = 'mobileThreatDefenseConnector';

interface Options {
  readonly database: Database;
  readonly cacheInSeconds: number;
  readonly recoveredDateTime?: DateTime | undefined;
  readonly now: () => Date;
}

/** The configuration in Cosmos DB, read in one query and cached for `cacheInSeconds`. */
export function createCosmosConfigurationStore({
  database,
  cacheInSeconds,
  recoveredDateTime,
  now,
}: Options): ConfigurationStore & ConfigurationCache & Dependency {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  const remembered = remember<Configuration>(
    async () => {
      const stored = await queryConfiguration(container);
      return {
        ...fromConfigurationDocuments(stored.map(({ document }) => document)),
        ...defined({ recoveredDateTime }),
      };
    },
    cacheInSeconds,
    now,
  );
  const load = remembered.get;

  return {
    name: 'cosmosDb',
    load,

    async check() {
      await readItem(container, SINGLETON_ID, CONNECTOR_KIND);
    },

    async recordPartnerActivity(moment) {
      const { connector, tenantSettings } = await load();
      if (connector === undefined) return;
      const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
      const known = connector.lastHeartbeatDateTime;
      if (known !== undefined && moment <= addSeconds(known, slackInSeconds)) return;
      // 412: a later moment is stored already. 404: the connector was removed.
      await tryCosmos(
        () =>
          container.item(connector.id, CONNECTOR_KIND).patch({
            // Patch conditions take no parameters. A DateTime holds no quote, so it is safe in the text.
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
