import type { Container, Database, PatchOperation } from '@azure/cosmos';
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

    async recordPartnerActivity(moment, currentDateTime, sourceId) {
      const configuration = await load();
      if (sourceId !== undefined)
        return recordSourceActivity(container, configuration, {
          sourceId,
          moment,
          currentDateTime,
        });
      const { connector } = configuration;
      if (connector === undefined) return;
      if (!isNews(connector.lastHeartbeatDateTime, configuration, moment, currentDateTime)) return;
      const silence = endedSilence(configuration, moment, currentDateTime);
      await patchMoment(container, {
        id: connector.id,
        kind: CONNECTOR_KIND,
        property: 'lastHeartbeatDateTime',
        moment,
        currentDateTime,
        also:
          silence === undefined ? [] : [{ op: 'set', path: '/lastPartnerSilence', value: silence }],
      });
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

interface SourceActivity {
  readonly sourceId: string;
  readonly moment: DateTime;
  readonly currentDateTime: DateTime;
}

async function recordSourceActivity(
  container: Container,
  configuration: Configuration,
  { sourceId, moment, currentDateTime }: SourceActivity,
): Promise<void> {
  const source = configuration.eventSources.find(({ id }) => id === sourceId);
  if (source === undefined) return;
  if (!isNews(source.lastEventDateTime, configuration, moment, currentDateTime)) return;
  await patchMoment(container, {
    id: sourceId,
    kind: 'eventSource',
    property: 'lastEventDateTime',
    moment,
    currentDateTime,
    also: [],
  });
}

/** Whether the moment is later than the stored one by more than the slack, or the stored one is from the future. */
function isNews(
  known: DateTime | undefined,
  { tenantSettings }: Configuration,
  moment: DateTime,
  currentDateTime: DateTime,
): boolean {
  const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
  return (
    known === undefined ||
    isAhead(known, currentDateTime) ||
    moment > addSeconds(known, slackInSeconds)
  );
}

interface MomentPatch {
  readonly id: string;
  readonly kind: string;
  readonly property: string;
  readonly moment: DateTime;
  readonly currentDateTime: DateTime;
  readonly also: readonly PatchOperation[];
}

/** 412: a later moment is stored already. 404: the document was removed. */
async function patchMoment(
  container: Container,
  { id, kind, property, moment, currentDateTime, also }: MomentPatch,
): Promise<void> {
  await tryCosmos(
    () =>
      container.item(id, kind).patch({
        condition: `FROM c WHERE ${isOlderOrWrong(property, moment, currentDateTime)}`,
        operations: [{ op: 'set', path: `/${property}`, value: moment }, ...also],
      }),
    [404, 412],
  );
}

/**
 * The condition under which a report of `moment` replaces the stored one: it is later, or the stored one is from the
 * future. Patch conditions take no parameters. A DateTime holds no quote, so it is safe in the text.
 */
function isOlderOrWrong(property: string, moment: DateTime, now: DateTime): string {
  const latest = addSeconds(now, MAX_CLOCK_SKEW_IN_SECONDS);
  return [
    `NOT IS_DEFINED(c.${property})`,
    `c.${property} < "${moment}"`,
    `c.${property} > "${latest}"`,
  ].join(' OR ');
}
