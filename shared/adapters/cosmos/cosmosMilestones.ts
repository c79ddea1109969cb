import type { Database } from '@azure/cosmos';
import type { Milestones } from '../../core/ports/milestones.ts';
import { CONFIGURATION_CONTAINER } from '../../resources.ts';
import { MILESTONES, type Milestone } from '../../core/ports/milestones.ts';
import { callCosmos } from './cosmosDatabase.ts';

type Reached = Partial<Record<Milestone, string>>;

const ID = 'default';
const KIND = 'setup';

/** The milestones in one document of the `configuration` container; each process writes each at most once. */
export function createCosmosMilestones(database: Database): Milestones {
  const container = database.container(CONFIGURATION_CONTAINER.id);
  const noted = new Set<Milestone>();

  const note = async (milestone: Milestone, moment: string): Promise<void> => {
    const patched = await callCosmos(
      () =>
        container.item(ID, KIND).patch({
          condition: `FROM c WHERE NOT IS_DEFINED(c.${milestone})`,
          operations: [{ op: 'set', path: `/${milestone}`, value: moment }],
        }),
      [404, 412],
    );
    if (patched !== 404) return;
    const created = await callCosmos(
      () => container.items.create({ id: ID, kind: KIND, [milestone]: moment }),
      [409],
    );
    if (created === 409) await note(milestone, moment);
  };

  return {
    async record(milestone, moment) {
      if (noted.has(milestone)) return;
      await note(milestone, moment);
      noted.add(milestone);
    },

    async list() {
      const answer = await callCosmos(() => container.item(ID, KIND).read<Reached>());
      const document: Reached = typeof answer === 'number' ? {} : (answer.resource ?? {});
      return Object.fromEntries(
        MILESTONES.flatMap((name) => {
          const moment = document[name];
          return moment === undefined ? [] : [[name, moment]];
        }),
      );
    },
  };
}
