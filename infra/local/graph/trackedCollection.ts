import type { JsonObject } from '../../../shared/base/jsonObject.ts';

/** Counts all changes of a directory; later changes have higher numbers. */
export interface ChangeCounter {
  last: number;
}

/** An object that was changed or, without `properties`, removed; `at` is the number of the change. */
export type TrackedChange =
  | { readonly at: number; readonly id: string; readonly properties: JsonObject }
  | { readonly at: number; readonly id: string; readonly properties?: undefined };

interface Tracked {
  properties: Record<string, unknown>;
  /** For each property, the number of its last change; for `id`, that of the creation. */
  readonly changedAt: Map<string, number>;
}

/** Objects of one kind, with the last change of each of their properties. */
export class TrackedCollection {
  private readonly counter: ChangeCounter;
  private readonly searchProperty: string;
  private readonly objects = new Map<string, Tracked>();
  private readonly removedAt = new Map<string, number>();
  /** The ids by the search property in lower case. */
  private readonly idsByText = new Map<string, Set<string>>();

  /** `searchProperty` is the property by which `find` searches. */
  constructor(counter: ChangeCounter, searchProperty: string) {
    this.counter = counter;
    this.searchProperty = searchProperty;
  }

  get(id: string): JsonObject | undefined {
    return this.objects.get(id)?.properties;
  }

  /** All objects, ordered by id. */
  list(): readonly JsonObject[] {
    return this.inOrder(this.objects.keys());
  }

  /** The objects whose search property is `text` in any letter case, ordered by id. */
  find(text: string): readonly JsonObject[] {
    return this.inOrder(this.idsByText.get(text.toLowerCase()) ?? []);
  }

  /** Sets properties of an object; creates it if it does not exist. */
  put(id: string, properties: JsonObject): void {
    this.counter.last += 1;
    const tracked = this.objects.get(id) ?? this.createTracked(id);
    for (const [name, value] of Object.entries(properties)) {
      if (JSON.stringify(tracked.properties[name]) === JSON.stringify(value)) continue;
      tracked.changedAt.set(name, this.counter.last);
    }
    this.idsByText.get(this.searchText(id))?.delete(id);
    tracked.properties = { ...tracked.properties, ...properties };
    this.objects.set(id, tracked);
    const ids = this.idsByText.get(this.searchText(id)) ?? new Set();
    this.idsByText.set(this.searchText(id), ids.add(id));
    this.removedAt.delete(id);
  }

  remove(id: string): void {
    this.idsByText.get(this.searchText(id))?.delete(id);
    if (!this.objects.delete(id)) return;
    this.counter.last += 1;
    this.removedAt.set(id, this.counter.last);
  }

  /** The objects created, removed, or changed in one of these properties after `since`, ordered by that change. */
  changesAfter(since: number, properties: readonly string[]): readonly TrackedChange[] {
    const changed = [...this.objects].map(([id, { properties: all, changedAt }]): TrackedChange => {
      const at = Math.max(...['id', ...properties].map((name) => changedAt.get(name) ?? 0));
      return { at, id, properties: all };
    });
    const removed = [...this.removedAt].map(([id, at]): TrackedChange => ({ at, id }));
    return [...changed, ...removed]
      .filter(({ at }) => at > since)
      .toSorted((left, right) => left.at - right.at);
  }

  private createTracked(id: string): Tracked {
    return { properties: { id }, changedAt: new Map([['id', this.counter.last]]) };
  }

  private searchText(id: string): string {
    return String(this.objects.get(id)?.properties[this.searchProperty]).toLowerCase();
  }

  private inOrder(ids: Iterable<string>): readonly JsonObject[] {
    return [...ids].toSorted().map((id) => this.objects.get(id)?.properties ?? {});
  }
}
