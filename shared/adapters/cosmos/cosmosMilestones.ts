import type { Database } from '@azure/cosmos';
import { SINGLETON_ID } from '../../core/ports/configuration.ts';
import { MILESTONES, type Milestone, type Milestones } from '../../core/ports/milestones.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { tryCosmos } from './callCosmos.ts';
import { readItem } from './cosmosItems.ts';

type Reached = Partial<Record<Milestone, string>>;

const KIND = 'setup';

/** The milestones in one document of the `configuration` container. Each process writes each milestone at most once. */
export function createCosmosMilestones(database: Database): Milestones {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  const recorded = new Set<Milestone>();

  const write = async (milestone: Milestone, moment: string): Promise<void> => {
    const patched = await tryCosmos(
      () =>
        container.item(SINGLETON_ID, KIND).patch({
          condition: `FROM c WHERE NOT IS_DEFINED(c.${milestone})`,
          operations: [{ op: 'set', path: `/${milestone}`, value: moment }],
        }),
      [404, 412],
    );
    // 412: it is recorded already.
    if (patched.ok || patched.status === 412) return;
    const created = await tryCosmos(
      () => container.items.create({ id: SINGLETON_ID, kind: KIND, [milestone]: moment }),
      [409],
    );
    if (!created.ok) await write(milestone, moment);
  };

  return {
    async record(milestone, moment) {
      if (recorded.has(milestone)) return;
      await write(milestone, moment);
      recorded.add(milestone);
    },

    async list() {
      const found = await readItem<Reached>(container, SINGLETON_ID, KIND);
      return Object.fromEntries(
        MILESTONES.flatMap((name) => {
          const moment = found?.resource[name];
          return moment === undefined ? [] : [[name, moment]];
        }),
      );
    },
  };
}
