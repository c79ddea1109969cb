import { isDeep, isMoment, withMoments, type Json } from './plan.ts';

/**
 * What a mutation does to the meaning of an event, by the documented rules.
 * - `same`: it says the same in another spelling.
 * - `absent`: the part is as good as left out.
 * - `unreadable`: nobody can read the part.
 * - `other`: it says something else that can be read.
 */
export type Effect = 'same' | 'absent' | 'unreadable' | 'other';

type Path = readonly (string | number)[];

/** One thing that is wrong with an event. */
export interface Mutation {
  readonly path: Path;
  /** `repeat` writes the key twice, first with `value`; `encode` writes an object as text or as base64. */
  readonly action: 'set' | 'remove' | 'append' | 'repeat' | 'encode';
  readonly value?: unknown;
  readonly effect: Effect;
}

/** Stands for a removed part until all mutations are made, so the places in lists stay the same. */
const REMOVED = Symbol('removed');

/** The value of `base` with these mutations, except those that only a text can have. */
export function mutated(base: Json, mutations: readonly Mutation[]): Record<string, unknown> {
  const value = structuredClone(base) as Record<string, unknown>;
  for (const mutation of mutations) mutate(value, mutation);
  return withoutRemoved(value) as Record<string, unknown>;
}

/** The JSON text of `base` with these mutations, in their order, as it is sent at `arrivedAt`. */
export function toText(base: Json, mutations: readonly Mutation[], arrivedAt: number): string {
  const clean = withMoments(mutated(base, mutations), arrivedAt) as Record<string, unknown>;
  for (const mutation of mutations) if (mutation.action === 'encode') encode(clean, mutation);
  return write(clean, [], mutations);
}

/**
 * The mutations that are left if each part counts for what it is worth: another spelling is spelled as usual, and an absent
 * or unreadable part is left out.
 */
export function withoutUnreadable(mutations: readonly Mutation[]): readonly Mutation[] {
  return mutations.flatMap((mutation): readonly Mutation[] => {
    const { effect, action, path } = mutation;
    if (effect === 'other' || isOtherMoment(mutation)) return [mutation];
    if (effect === 'same' || action === 'append') return [];
    return [{ path, action: 'remove', effect }];
  });
}

/** A vendor's time with an offset without its colon is read, and is another moment. */
function isOtherMoment(mutation: Mutation): boolean {
  const { value } = mutation as { readonly value?: unknown };
  return typeof value === 'string' && /T[\d:.]+[+-]\d{4}$/.test(value);
}

/** The part at `path`; `undefined` if there is none. */
export function partAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (part, name) =>
      typeof part === 'object' && part !== null
        ? (part as Readonly<Record<string | number, unknown>>)[name]
        : undefined,
    value,
  );
}

function mutate(root: Record<string, unknown>, { path, action, value }: Mutation): void {
  const name = path.at(-1);
  const parent = partAt(root, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
  if (
    name === undefined ||
    typeof parent !== 'object' ||
    parent === null ||
    isMoment(parent) ||
    isDeep(parent)
  )
    return;
  if (action === 'set') parent[name] = structuredClone(value);
  if (action === 'remove' && name in parent) parent[name] = REMOVED;
  const list = parent[name];
  if (action === 'append' && Array.isArray(list))
    list.push(...(structuredClone(value) as unknown[]));
}

function withoutRemoved(value: unknown): unknown {
  if (Array.isArray(value))
    return (value as unknown[]).filter((each) => each !== REMOVED).map(withoutRemoved);
  if (typeof value !== 'object' || value === null || isMoment(value)) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== REMOVED);
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutRemoved(part)]));
}

/** CloudEvents JSON format 1.0.2 section 3.1: data may be a text, or in base64 under a name of its own. */
function encode(root: Record<string, unknown>, { value: form }: Mutation): void {
  const { data } = root;
  if (typeof data !== 'object' || data === null) return;
  const text = JSON.stringify(data);
  if (form === 'text') root['data'] = text;
  else {
    delete root['data'];
    root['data_base64'] = Buffer.from(text).toString('base64');
  }
}

function write(value: unknown, path: Path, mutations: readonly Mutation[]): string {
  if (Array.isArray(value))
    return `[${(value as unknown[]).map((each, at) => write(each, [...path, at], mutations)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (isDeep(value)) return '['.repeat(value.$levels) + ']'.repeat(value.$levels);
  const members = Object.entries(value).flatMap(([name, part]) => {
    const own = [...path, name];
    const repeats = mutations.filter(
      ({ action, path: at }) => action === 'repeat' && at.join('/') === own.join('/'),
    );
    return [...repeats.map((each) => each.value), part].map(
      (each) => `${JSON.stringify(name)}:${write(each, own, each === part ? mutations : [])}`,
    );
  });
  return `{${members.join(',')}}`;
}
