import type { Comparison } from './query.ts';
import type { TypedSql } from '../typedPath.ts';

/** The operator that means the same with the sides exchanged. */
const EXCHANGED = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** SQL of `left operator right`; NULL if the result is undefined in Cosmos DB. */
export function compareSql(operator: Comparison, left: TypedSql, right: TypedSql): string {
  if (left.constant !== undefined && right.constant === undefined) {
    return compareSql(EXCHANGED[operator], right, left);
  }
  if (operator === '=') return equalSql(left, right);
  if (operator === '!=') return `NOT ${equalSql(left, right)}`;
  return orderSql(operator, left, right);
}

/** SQL of equality: false for different types, NULL for an undefined value. */
export function equalSql(left: TypedSql, right: TypedSql): string {
  if (right.constant === undefined) {
    return `(${left.rank} = ${right.rank} AND (${left.rank} <= 3 OR ${left.value} = ${right.value}))`;
  }
  if (right.constant.value === null) return `(${left.rank} = 1)`;
  return `(${left.rank} = ${right.rank} AND ${left.value} = ${right.value})`;
}

/** SQL of `value IN (constants)` in a form that an index can serve. */
export function inSql(value: TypedSql, constants: readonly TypedSql[]): string {
  const byRank = Map.groupBy(constants, ({ rank }) => rank);
  const tests = [...byRank].map(([rank, [first, ...others]]) => {
    if (first === undefined) return '0';
    if (rank === '1' || others.length === 0) return equalSql(value, first);
    const list = [first, ...others].map((constant) => constant.value).join(', ');
    return `(${value.rank} = ${rank} AND ${value.value} IN (${list}))`;
  });
  return tests.length === 0 ? '0' : `(${tests.join(' OR ')})`;
}

/**
 * SQL of an order comparison, which is defined for values of one type only. For filters: may give false for undefined.
 */
function orderSql(operator: Comparison, left: TypedSql, right: TypedSql): string {
  if (right.constant === undefined) {
    return `CASE WHEN ${left.rank} = ${right.rank} AND ${left.rank} IN (4, 5) THEN ${left.value} ${operator} ${right.value} END`;
  }
  const { value } = right.constant;
  if (value === null) return operator.endsWith('=') ? `(${left.rank} = 1)` : '0';
  if (typeof value === 'object') return '0';
  const ranks = typeof value === 'boolean' ? 'IN (2, 3)' : `= ${right.rank}`;
  return `(${left.rank} ${ranks} AND ${left.value} ${operator} ${right.value})`;
}

/** SQL that makes an order comparison NULL, not false, for different types. A negation needs the difference. */
export function definedOnly(left: TypedSql, right: TypedSql, condition: string): string {
  const isSame =
    typeof right.constant?.value === 'boolean'
      ? `${left.rank} IN (2, 3)`
      : `${left.rank} = ${right.rank}`;
  return `CASE WHEN ${isSame} THEN ${condition} END`;
}
