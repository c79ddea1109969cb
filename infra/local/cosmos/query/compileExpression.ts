import { badRequest, notSupported } from '../cosmosError.ts';
import { sqlLiteral, type TypedSql } from '../typedPath.ts';
import { compareSql, definedOnly, equalSql, inSql } from './compare.ts';
import { compileFunction } from './functions.ts';
import { isAggregating, type Expression, type Iteration } from './query.ts';
import type { Scope } from './scope.ts';

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind };

/** Compiles `expression` to a value. @throws CosmosError. */
export function compileValue(expression: Expression, scope: Scope): TypedSql {
  const constant = constantOf(expression, scope);
  if (constant !== undefined) return scope.constant(constant.value);
  switch (expression.kind) {
    case 'path':
      return scope.value(expression.root, expression.keys);
    case 'call': {
      const called = compileCall(expression, scope);
      return 'condition' in called ? fromCondition(called.condition) : called;
    }
    case 'array':
    case 'object':
      throw notSupported('an array or object of computed values in an expression');
    default:
      return fromCondition(compileCondition(expression, scope, true));
  }
}

function fromCondition(condition: string): TypedSql {
  return { rank: `2 + (${condition})`, value: `(${condition})` };
}

/**
 * Compiles `expression` to a condition: 1, 0 or NULL for true, false or undefined in Cosmos DB. If `isExact` is false,
 * the condition only filters: it may give 0 for NULL, and has a form that indexes can serve.
 */
export function compileCondition(expression: Expression, scope: Scope, isExact: boolean): string {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const [left, right] = [expression.left, expression.right].map((part) =>
        compileCondition(part, scope, isExact),
      );
      return `(${left} ${expression.kind} ${right})`;
    }
    case 'not':
      return `NOT ${compileCondition(expression.operand, scope, true)}`;
    case 'compare':
      return compileComparison(expression, scope, isExact);
    case 'in':
      return compileIn(expression, scope);
    case 'exists':
      return compileExists(expression, scope);
    default:
      return compileTruth(expression, scope, isExact);
  }
}

/** Compiles a value that is used as a condition: only booleans are true or false. */
function compileTruth(expression: Expression, scope: Scope, isExact: boolean): string {
  if (expression.kind === 'call') {
    const called = compileCall(expression, scope);
    if ('condition' in called) return called.condition;
  }
  const value = compileValue(expression, scope);
  if (value.constant !== undefined) return value.constant.value === true ? '1' : '0';
  const isTrue = `(${value.rank} = 3 AND ${value.value} = 1)`;
  return isExact ? `CASE WHEN ${value.rank} IN (2, 3) THEN ${isTrue} END` : isTrue;
}

function compileComparison(expression: Of<'compare'>, scope: Scope, isExact: boolean): string {
  const left = compileValue(expression.left, scope);
  const right = compileValue(expression.right, scope);
  const condition = compareSql(expression.operator, left, right);
  const isEquality = expression.operator === '=' || expression.operator === '!=';
  return isExact && !isEquality ? definedOnly(left, right, condition) : condition;
}

function compileIn({ operand, list }: Of<'in'>, scope: Scope): string {
  const value = compileValue(operand, scope);
  const values = list.map((item) => compileValue(item, scope));
  if (values.every(({ constant }) => constant !== undefined)) return inSql(value, values);
  return `(${values.map((item) => equalSql(value, item)).join(' OR ')})`;
}

function compileExists({ query }: Of<'exists'>, scope: Scope): string {
  if (query.alias !== undefined || isAggregating(query)) {
    throw notSupported('EXISTS of anything but the elements of an array');
  }
  const { tables, conditions } = compileIterations(query.iterations, scope);
  const where = query.where && compileCondition(query.where.expression, scope, false);
  const tests = [...conditions, ...(where === undefined ? [] : [where])];
  return `EXISTS (SELECT 1 FROM ${tables.map(({ sql }) => sql).join(', ')} WHERE ${tests.join(' AND ')})`;
}

interface Iterations {
  readonly tables: readonly { readonly name: string; readonly sql: string }[];
  readonly conditions: readonly string[];
}

/** The tables of array elements, and the conditions that require arrays. */
export function compileIterations(iterations: readonly Iteration[], scope: Scope): Iterations {
  const conditions: string[] = [];
  const tables = iterations.map(({ alias, array }) => {
    const path = scope.path(array.root, array.keys);
    conditions.push(`json_type(d.body, ${path}) = ${sqlLiteral('array')}`);
    const name = scope.addElements(alias);
    return { name, sql: `json_each(d.body, ${path}) ${name}` };
  });
  return { tables, conditions };
}

function compileCall(
  { name, parameters }: Of<'call'>,
  scope: Scope,
): ReturnType<typeof compileFunction> {
  const values = parameters.map((parameter) => compileValue(parameter, scope));
  return compileFunction(name, values, (value) => scope.constant(value));
}

/** The value of an expression that does not depend on the item; `undefined` if it does. */
export function constantOf(
  expression: Expression,
  scope: Scope,
): { readonly value: unknown } | undefined {
  if (expression.kind === 'literal') return expression;
  if (expression.kind === 'parameter') return { value: scope.parameter(expression.name) };
  if (expression.kind === 'array') {
    const items = expression.items.map((item) => constantOf(item, scope));
    if (items.includes(undefined)) return undefined;
    return { value: items.map((item) => item?.value) };
  }
  if (expression.kind !== 'object') return undefined;
  const entries = expression.entries.map(
    ([name, item]) => [name, constantOf(item, scope)] as const,
  );
  if (entries.some(([, item]) => item === undefined)) return undefined;
  return { value: Object.fromEntries(entries.map(([name, item]) => [name, item?.value])) };
}

/** Evaluates `expression` to a number of rows. @throws CosmosError 400. */
export function compileCount(expression: Expression, scope: Scope): number {
  const count = constantOf(expression, scope)?.value;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 0) return count;
  throw badRequest('TOP, OFFSET and LIMIT take a whole number.');
}
