import { rankOf, type Keys } from '../typedPath.ts';
import { constantOf } from './compileExpression.ts';
import type { Expression } from './query.ts';
import type { Scope } from './scope.ts';

/** A condition on one path of the item that an index can serve. */
export interface ServedPath {
  readonly keys: Keys;
  /** `value`: one of a few values; `range`: an interval of one type; `type`: defined or null. */
  readonly kind: 'value' | 'range' | 'type';
  /** The rank of the values' type, if the condition allows only one type. */
  readonly rank?: number;
  /** The value, if the condition allows only one. */
  readonly only?: { readonly value: unknown };
}

/** Splits a conjunction into its conditions, without the literal `true`. */
export function toConjuncts(expression: Expression | undefined): Expression[] {
  if (expression === undefined) return [];
  if (expression.kind === 'and') {
    return [...toConjuncts(expression.left), ...toConjuncts(expression.right)];
  }
  return expression.kind === 'literal' && expression.value === true ? [] : [expression];
}

/** The path that `condition` tests; `undefined` if no index can serve it. */
export function toServedPath(condition: Expression, scope: Scope): ServedPath | undefined {
  switch (condition.kind) {
    case 'path':
      return ofPath(condition, scope, { kind: 'value' });
    case 'compare':
      return ofComparison(condition, scope);
    case 'in': {
      const isConstant = condition.list.every((item) => constantOf(item, scope) !== undefined);
      return isConstant ? ofPath(condition.operand, scope, { kind: 'value' }) : undefined;
    }
    case 'call':
      return ofCall(condition.name, condition.parameters, scope);
    default:
      return undefined;
  }
}

function ofPath(
  expression: Expression | undefined,
  scope: Scope,
  asked: Omit<ServedPath, 'keys'>,
): ServedPath | undefined {
  if (expression?.kind !== 'path' || !scope.isItem(expression.root)) return undefined;
  return { keys: expression.keys, ...asked };
}

function ofComparison(
  { operator, left, right }: Expression & { readonly kind: 'compare' },
  scope: Scope,
): ServedPath | undefined {
  const constant = constantOf(right, scope) ?? constantOf(left, scope);
  if (constant === undefined || operator === '!=') return undefined;
  const path = constantOf(right, scope) === undefined ? right : left;
  if (operator === '=') return ofPath(path, scope, { kind: 'value', only: constant });
  const rank = rankOf(constant.value);
  return ofPath(path, scope, { kind: 'range', ...(rank === 4 || rank === 5 ? { rank } : {}) });
}

function ofCall(
  name: string,
  [first, second]: readonly Expression[],
  scope: Scope,
): ServedPath | undefined {
  if (name === 'IS_DEFINED' || name === 'IS_NULL') return ofPath(first, scope, { kind: 'type' });
  if (first === undefined || second === undefined) return undefined;
  const isListed = name === 'ARRAY_CONTAINS' && constantOf(first, scope) !== undefined;
  if (isListed) return ofPath(second, scope, { kind: 'value' });
  const isPrefix = name === 'STARTSWITH' && typeof constantOf(second, scope)?.value === 'string';
  return isPrefix ? ofPath(first, scope, { kind: 'range', rank: 5 }) : undefined;
}
