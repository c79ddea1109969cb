import type { ChangeCounter } from './trackedCollection.ts';

export type MemberType = 'user' | 'device' | 'group';

/** A direct membership, and the change by which it began or ended. */
interface Membership {
  readonly type: MemberType;
  readonly at: number;
  readonly isRemoved: boolean;
}

interface Group {
  readonly id: string;
  readonly members: Map<string, Membership>;
}

export interface MemberChange extends Membership {
  readonly id: string;
}

export type Members = Readonly<Record<string, MemberType>>;

/** The groups of a directory, with the changes of their direct members. */
export class Groups {
  private readonly counter: ChangeCounter;
  /** By `keyOf` the id. */
  private readonly groups = new Map<string, Group>();

  constructor(counter: ChangeCounter) {
    this.counter = counter;
  }

  ids(): readonly string[] {
    return [...this.groups.values()].map(({ id }) => id);
  }

  /** Replaces the direct members of a group; creates the group if it does not exist. */
  setMembers(groupId: string, members: Members): void {
    const key = keyOf(groupId);
    const known = this.groups.get(key)?.members ?? new Map<string, Membership>();
    this.counter.last += 1;
    const at = this.counter.last;
    for (const [id, { type, isRemoved }] of known)
      if (members[id] === undefined && !isRemoved) known.set(id, { type, at, isRemoved: true });
    for (const [id, type] of Object.entries(members))
      if (known.get(id)?.isRemoved !== false) known.set(id, { type, at, isRemoved: false });
    this.groups.set(key, { id: groupId, members: known });
  }

  /** The changes after `since`. If `since` is 0 these are the current direct members. */
  memberChanges(groupId: string, since: number): readonly MemberChange[] {
    return [...(this.groups.get(keyOf(groupId))?.members ?? [])]
      .map(([id, membership]) => ({ id, ...membership }))
      .filter(({ at, isRemoved }) => at > since && !(isRemoved && since === 0));
  }

  /** The members of the group and of the groups within it; `undefined` if there is no such group. */
  transitiveMembers(groupId: string): ReadonlyMap<string, MemberType> | undefined {
    return this.groups.has(keyOf(groupId)) ? this.collect(groupId, new Map()) : undefined;
  }

  snapshot(): Readonly<Record<string, Members>> {
    return Object.fromEntries(
      this.ids().map((groupId) => [
        groupId,
        Object.fromEntries(this.direct(groupId).map(([id, { type }]) => [id, type])),
      ]),
    );
  }

  private direct(groupId: string): readonly (readonly [string, Membership])[] {
    return [...(this.groups.get(keyOf(groupId))?.members ?? [])].filter(
      ([, { isRemoved }]) => !isRemoved,
    );
  }

  private collect(groupId: string, found: Map<string, MemberType>): Map<string, MemberType> {
    for (const [id, { type }] of this.direct(groupId)) {
      if (found.has(id)) continue;
      found.set(id, type);
      if (type === 'group') this.collect(id, found);
    }
    return found;
  }
}

/** Ids of groups and of their members are GUIDs, in which case means nothing. */
export function keyOf(id: string): string {
  return id.toLowerCase();
}
