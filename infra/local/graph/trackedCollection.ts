import type { JsonObject } from '../jsonObject.ts';

/** Counts the changes of everything that is kept: a later change has a higher number. */
export interface ChangeCounter {
  last: number;
}

/** One object that is another than it was, or gone; with the change that made it so. */
export type TrackedChange =
  | { readonly at: number; readonly id: string; readonly properties: JsonObject }
  | { readonly at: number; readonly id: string; readonly properties?: undefined };

/** Objects of one kind, and which of their properties changed when. */
export interface TrackedCollection {
  get(id: string): JsonObject | undefined;
  /** In the order of their ids. */
  list(): readonly JsonObject[];
  /** Those with this text as the property that the collection is looked up by, in any case; in the order of their ids. */
  find(text: string): readonly JsonObject[];
  /** Takes the properties over into the object, which is made where it is not there. */
  put(id: string, properties: JsonObject): void;
  remove(id: string): void;
  /** What changed in one of these properties after `since`, or went, in the order of its last such change. */
  changesAfter(since: number, properties: readonly string[]): readonly TrackedChange[];
}

interface Tracked {
  properties: Record<string, unknown>;
  readonly changedAt: Map<string, number>;
}

export function createTrackedCollection(
  counter: ChangeCounter,
  lookedUpBy: string,
): TrackedCollection {
  const kept = new Map<string, Tracked>();
  const removedAt = new Map<string, number>();
  const idsByText = new Map<string, Set<string>>();
  const keyOf = (id: string): string => String(kept.get(id)?.properties[lookedUpBy]).toLowerCase();
  const inOrder = (ids: Iterable<string>): readonly JsonObject[] =>
    [...ids].toSorted().map((id) => kept.get(id)?.properties ?? {});
  return {
    get: (id) => kept.get(id)?.properties,
    list: () => inOrder(kept.keys()),
    find: (text) => inOrder(idsByText.get(text.toLowerCase()) ?? []),
    put(id, properties) {
      const tracked = kept.get(id) ?? { properties: { id }, changedAt: new Map([['id', 0]]) };
      counter.last += 1;
      if (!kept.has(id)) tracked.changedAt.set('id', counter.last);
      for (const [name, value] of Object.entries(properties)) {
        if (JSON.stringify(tracked.properties[name]) === JSON.stringify(value)) continue;
        tracked.changedAt.set(name, counter.last);
      }
      idsByText.get(keyOf(id))?.delete(id);
      tracked.properties = { ...tracked.properties, ...properties };
      kept.set(id, tracked);
      const ids = idsByText.get(keyOf(id)) ?? new Set();
      idsByText.set(keyOf(id), ids.add(id));
      removedAt.delete(id);
    },
    remove(id) {
      idsByText.get(keyOf(id))?.delete(id);
      if (!kept.delete(id)) return;
      counter.last += 1;
      removedAt.set(id, counter.last);
    },
    changesAfter(since, properties) {
      const changed = [...kept].map(([id, { properties: all, changedAt }]): TrackedChange => {
        const at = Math.max(...['id', ...properties].map((name) => changedAt.get(name) ?? 0));
        return { at, id, properties: all };
      });
      const removed = [...removedAt].map(([id, at]): TrackedChange => ({ at, id }));
      return [...changed, ...removed]
        .filter(({ at }) => at > since)
        .toSorted((left, right) => left.at - right.at);
    },
  };
}
