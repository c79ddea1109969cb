import { isJsonObject } from '../../base/jsonObject.ts';
import type { EventSourceKind } from '../../domain/vocabulary/eventSource.ts';
import { READERS } from './kinds/readers.ts';

const MAX_UNREAD = 200;
const MAX_DEPTH = 8;
const NOW = '2000-01-01T00:00:00.000Z';

/**
 * The fields of an event that the reader of its kind does not look at, as JSON pointers (RFC 6901), at most 200. It reads
 * the event once more and watches, so it is for previews, not for every event.
 */
export function findUnread(kind: EventSourceKind, event: unknown): readonly string[] {
  const read = new Set<string>();
  const arrival = { receivedDateTime: NOW, requestId: '', index: 0 };
  READERS[kind](watched(event, '', read, 0), { sourceId: '', arrival, overrides: {} });
  return leavesOf(event, '', 0)
    .filter((path) => !read.has(path))
    .slice(0, MAX_UNREAD);
}

function watched(value: unknown, path: string, read: Set<string>, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  // An event without an id is identified by all of its members, which reads none of them.
  const listed = new Set<string | symbol>();
  return new Proxy(value, {
    ownKeys(target) {
      const names = Reflect.ownKeys(target);
      for (const name of names) listed.add(name);
      return names;
    },
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name) || listed.delete(name))
        return member;
      const inner = `${path}/${toPointer(name)}`;
      read.add(inner);
      return watched(member, inner, read, depth + 1);
    },
  });
}

/** A member's name in a JSON pointer (RFC 6901 section 3). */
function toPointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function leavesOf(value: unknown, path: string, depth: number): readonly string[] {
  if (!isJsonObject(value) || depth > MAX_DEPTH) return path === '' ? [] : [path];
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, `${path}/${toPointer(name)}`, depth + 1),
  );
}
