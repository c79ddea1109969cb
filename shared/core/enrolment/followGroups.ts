import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { foldGuid, isGuid } from '../../base/guid.ts';
import { namedGroups } from '../../domain/compliance/namedGroups.ts';
import { readPage } from './callGraph.ts';
import type { SyncRun } from './syncRun.ts';

/** Reports only changes from now on. */
const FIRST_LINK = '/groups/delta?$select=members&$deltatoken=latest';

const Entry = Compile(
  Type.Object({
    id: Type.String(),
    'members@delta': Type.Optional(Type.Array(Type.Unknown())),
    '@removed': Type.Optional(Type.Unknown()),
  }),
);

/**
 * Follows `groups/delta`. The whole device list becomes due if a named or nested group changed its members, or if the
 * configuration names other groups. (learn.microsoft.com/graph/delta-query-groups)
 */
export async function followGroups(run: SyncRun): Promise<void> {
  const named = groupsNamedIn(run.initialConfiguration);
  const now = run.now().toISOString();
  if (named.join() !== run.state().namedGroupIds.join())
    await run.save({
      namedGroupIds: [...named],
      followedGroupIds: [...named],
      listDueDateTime: now,
    });
  if (named.length === 0) return;
  for (;;) {
    const { groupLink, followedGroupIds } = run.state();
    const page = await readPage(run, groupLink ?? FIRST_LINK);
    if (page.isGone) {
      await run.save({ groupLink: undefined, listDueDateTime: now });
      continue;
    }
    const followed = new Set(followedGroupIds.map(foldGuid));
    const isFollowed = page.value.some(
      (value) => Entry.Check(value) && followed.has(foldGuid(value.id)),
    );
    await run.save({
      groupLink: page.nextLink ?? page.deltaLink,
      ...(isFollowed || groupLink === undefined ? { listDueDateTime: now } : {}),
    });
    if (page.nextLink === undefined) return;
  }
}

/** Every group of the directory that a policy names, once, in small letters and in order. */
function groupsNamedIn(configuration: Configuration): readonly string[] {
  const { assigned, included, excluded } = namedGroups(configuration);
  return (
    // Other names are for devices enrolled by hand; Graph rejects them.
    [...new Set([...assigned, ...included, ...excluded].filter(isGuid).map(foldGuid))].toSorted(
      (left, right) => (left < right ? -1 : 1),
    )
  );
}
