import type { Database } from '@azure/cosmos';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import {
  addSeconds,
  isAhead,
  MAX_CLOCK_SKEW_IN_SECONDS,
  type DateTime,
} from '../../base/dateTime.ts';
import { endedSilence } from '../../domain/compliance/partnerSilence.ts';
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

    async recordPartnerActivity(moment, currentDateTime) {
      const configuration = await load();
      const { connector, tenantSettings } = configuration;
      if (connector === undefined) return;
      const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
      const known = connector.lastHeartbeatDateTime;
      const isKnownWrong = known !== undefined && isAhead(known, currentDateTime);
      if (known !== undefined && !isKnownWrong && moment <= addSeconds(known, slackInSeconds))
        return;
      const silence = endedSilence(configuration, moment, currentDateTime);
      // 412: a later moment is stored already. 404: the connector was removed.
      await tryCosmos(
        () =>
          container.item(connector.id, CONNECTOR_KIND).patch({
            condition: `FROM c WHERE ${isOlderOrWrong(moment, currentDateTime)}`,
            operations: [
              { op: 'set', path: '/lastHeartbeatDateTime', value: moment },
              ...(silence === undefined
                ? []
                : [{ op: 'set' as const, path: '/lastPartnerSilence', value: silence }]),
            ],
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

/**
 * The condition under which a report of `moment` replaces the stored one: it is later, or the stored one is from the
 * future. Patch conditions take no parameters. A DateTime holds no quote, so it is safe in the text.
 */
function isOlderOrWrong(moment: DateTime, now: DateTime): string {
  const latest = addSeconds(now, MAX_CLOCK_SKEW_IN_SECONDS);
  return [
    'NOT IS_DEFINED(c.lastHeartbeatDateTime)',
    `c.lastHeartbeatDateTime < "${moment}"`,
    `c.lastHeartbeatDateTime > "${latest}"`,
  ].join(' OR ');
}
