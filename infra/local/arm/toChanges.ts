import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { isDeepStrictEqual } from 'node:util';
import type { StoredResource } from './template.ts';

interface PropertyChange {
  readonly path: string;
  readonly propertyChangeType: 'Create' | 'Delete' | 'Modify' | 'Array';
  readonly before: unknown;
  readonly after: unknown;
  readonly children: readonly PropertyChange[];
}

/**
 * The differences in the format of `WhatIfOperationResult`
 * (learn.microsoft.com/rest/api/resources/deployments/what-if).
 */
export function toChanges(
  known: ReadonlyMap<string, StoredResource>,
  wanted: readonly StoredResource[],
): readonly object[] {
  const changed = wanted.map(({ id, body }) => {
    const before = known.get(id)?.body;
    if (before === undefined) return { resourceId: id, changeType: 'Create', after: body };
    if (isDeepStrictEqual(before, body))
      return { resourceId: id, changeType: 'NoChange', before, after: body };
    const delta = toDelta(before, body);
    return { resourceId: id, changeType: 'Modify', before, after: body, delta };
  });
  const ids = new Set(wanted.map(({ id }) => id));
  const others = [...known.values()]
    .filter(({ id }) => !ids.has(id))
    .map(({ id, body }) => ({ resourceId: id, changeType: 'Ignore', before: body, after: body }));
  return [...changed, ...others];
}

function toDelta(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  parent = '',
): readonly PropertyChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): readonly PropertyChange[] => {
    const [old, now] = [before[name], after[name]];
    const path = parent === '' ? name : `${parent}.${name}`;
    if (isDeepStrictEqual(old, now)) return [];
    const ends = { path, before: old, after: now, children: [] };
    if (old === undefined) return [{ ...ends, propertyChangeType: 'Create' }];
    if (now === undefined) return [{ ...ends, propertyChangeType: 'Delete' }];
    if (isJsonObject(old) && isJsonObject(now)) return toDelta(old, now, path);
    if (!Array.isArray(old) || !Array.isArray(now))
      return [{ ...ends, propertyChangeType: 'Modify' }];
    const children = toDelta(byIndex(old), byIndex(now));
    return [{ ...ends, propertyChangeType: 'Array', children }];
  });
}

function byIndex(items: readonly unknown[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(items.entries());
}
