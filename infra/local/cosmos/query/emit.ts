import { notSupported } from '../cosmosError.ts';
import type { Row } from '../../sqliteStore.ts';
import { compileValue, constantOf } from './compileExpression.ts';
import { AGGREGATES, type Expression, type Query } from './query.ts';
import type { Scope } from './scope.ts';

/** Converts a row to JSON text; `undefined` if the value is undefined. */
export type Emit = (row: Row) => string | undefined;

/** The columns that a statement selects. */
export class Columns {
  readonly #sql: string[] = [];

  /** Adds a column and returns its name in a row. */
  add(sql: string): string {
    return `c${this.#sql.push(sql) - 1}`;
  }

  toSql(): string {
    return this.#sql.map((sql, at) => `${sql} AS c${at}`).join(', ') || '1';
  }
}

/** Compiles the SELECT clause to a function that converts a row to a result. @throws CosmosError. */
export function compileSelect(query: Query, scope: Scope, columns: Columns): Emit {
  if (query.select === '*') {
    const { alias } = query;
    if (alias === undefined || query.iterations.length > 0)
      throw notSupported('`SELECT *` with JOIN');
    return compileEmit({ kind: 'path', root: alias, keys: [] }, scope, columns);
  }
  const [first] = query.select;
  if (query.isValue && first !== undefined) return compileEmit(first.expression, scope, columns);
  const entries = query.select.map(({ alias, expression }) => [alias, expression] as const);
  return compileEmit({ kind: 'object', entries }, scope, columns);
}

function compileEmit(expression: Expression, scope: Scope, columns: Columns): Emit {
  const constant = constantOf(expression, scope);
  if (constant !== undefined) return () => JSON.stringify(constant.value);
  if (expression.kind === 'object') return emitObject(expression.entries, scope, columns);
  if (expression.kind === 'array') {
    const items = expression.items.map((item) => compileEmit(item, scope, columns));
    return (row) => `[${items.map((item) => item(row) ?? '{}').join(',')}]`;
  }
  if (expression.kind === 'call' && AGGREGATES.has(expression.name)) {
    return emitAggregate(expression.name, expression.parameters, scope, columns);
  }
  if (expression.kind === 'path' && expression.keys.length === 0 && scope.isItem(expression.root)) {
    const body = columns.add('d.body');
    return (row) => String(row[body]);
  }
  return emitValue(expression, scope, columns);
}

function emitObject(
  entries: readonly (readonly [string, Expression])[],
  scope: Scope,
  columns: Columns,
): Emit {
  const members = entries.map(([name, value]) => {
    const emit = compileEmit(value, scope, columns);
    return { name: JSON.stringify(name), emit };
  });
  return (row) => {
    const texts: string[] = [];
    for (const { name, emit } of members) {
      const text = emit(row);
      if (text !== undefined) texts.push(`${name}:${text}`);
    }
    return `{${texts.join(',')}}`;
  };
}

function emitValue(expression: Expression, scope: Scope, columns: Columns): Emit {
  const { json, rank, value } = compileValue(expression, scope);
  if (json !== undefined) {
    const column = columns.add(json);
    return (row) => (typeof row[column] === 'string' ? row[column] : undefined);
  }
  return emitTyped(columns.add(rank), columns.add(value));
}

function emitTyped(rankColumn: string, valueColumn: string): Emit {
  return (row) => {
    const value = row[valueColumn];
    switch (row[rankColumn]) {
      case null:
        return undefined;
      case 1:
        return 'null';
      case 2:
        return 'false';
      case 3:
        return 'true';
      case 6:
      case 7:
        return String(value);
      default:
        return JSON.stringify(value);
    }
  };
}

function emitAggregate(
  name: string,
  [parameter, ...others]: readonly Expression[],
  scope: Scope,
  columns: Columns,
): Emit {
  if (parameter === undefined || others.length > 0)
    throw notSupported(`\`${name}\` of other than one parameter`);
  const { rank, value, constant } = compileValue(parameter, scope);
  if (name === 'COUNT') {
    const count = columns.add(constant === undefined ? `count(${rank})` : 'count(*)');
    return (row) => String(row[count]);
  }
  const [lowest, highest] = [columns.add(`min(${rank})`), columns.add(`max(${rank})`)];
  if (name === 'MIN' || name === 'MAX') {
    const emit = emitTyped(lowest, columns.add(`${name.toLowerCase()}(${value})`));
    return (row) => {
      if (row[lowest] !== row[highest])
        throw notSupported(`\`${name}\` over values of several types`);
      return emit(row);
    };
  }
  const column = columns.add(name === 'SUM' ? `total(${value})` : `avg(${value})`);
  return (row) => {
    const isNumbers = row[lowest] === 4 && row[highest] === 4;
    if (row[lowest] === null) return name === 'SUM' ? '0' : undefined;
    return isNumbers ? JSON.stringify(row[column]) : undefined;
  };
}
