import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import type { SqliteStore } from '../sqliteStore.ts';
import type { Container } from './container.ts';
import { badRequest, CosmosError } from './cosmosError.ts';
import type { Precondition } from './itemRules.ts';
import type { ItemKey, ItemResult, Items } from './items.ts';
import { parseJsonObject } from './json.ts';
import { patchItem } from './patchItem.ts';
import { compileCondition } from './query/compileExpression.ts';
import { parsePatchCondition } from './query/parseQuery.ts';
import { Scope } from './query/scope.ts';

interface PatchContext {
  readonly store: SqliteStore;
  readonly items: Items;
}

/** Patches a stored item if the patch's own condition holds. @throws CosmosError 400, 404, 412. */
export function patchStored(
  { store, items }: PatchContext,
  key: ItemKey,
  { operations, condition }: JsonObject,
  precondition: Precondition,
): ItemResult {
  return items.update(key, precondition, ({ sequence, body }) => {
    if (condition !== undefined && !holds(store, key.container, sequence, condition)) {
      throw new CosmosError(412, 'One of the specified pre-condition is not met');
    }
    return patchItem(parseJsonObject(body, 'the stored item'), operations);
  });
}

function holds(
  store: SqliteStore,
  { table }: Container,
  sequence: number,
  condition: unknown,
): boolean {
  if (typeof condition !== 'string') throw badRequest('The condition of a patch must be text.');
  const { alias, where } = parsePatchCondition(condition);
  if (where === undefined || alias === undefined) return true;
  const scope = new Scope(new Map());
  scope.addItem(alias);
  const sql = compileCondition(where.expression, scope, false);
  const row = store.first(
    `SELECT 1 FROM ${table} d WHERE d.seq = ${scope.bind(sequence)} AND ${sql}`,
    ...scope.values,
  );
  return row !== undefined;
}
