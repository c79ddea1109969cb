import type { SQLInputValue } from 'node:sqlite';
import { badRequest, notSupported } from './cosmosError.ts';
import type { Expression, Literal, Query } from './parseQuery.ts';

/** A piece of SQLite's SQL and what its question marks stand for. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

export interface QueryParameter {
  readonly name: string;
  readonly value: unknown;
}

/** The column that holds a document's JSON. */
const BODY = 'body';

/** The expression that the index of a path is made of; a query that says the same can use it. */
export function pathExpression(path: readonly string[]): string {
  return `json_extract(${BODY}, '${jsonPath(path)}')`;
}

/** Quoted for JSON and for SQL; names come from policies and queries, so they are not trusted. */
function jsonPath(path: readonly string[]): string {
  if (path.some((name) => /["\\]/.test(name))) throw notSupported('a quote in a property name');
  return ['$', ...path.map((name) => `."${name.replaceAll("'", "''")}"`)].join('');
}

function typeExpression(path: readonly string[]): string {
  return `json_type(${BODY}, '${jsonPath(path)}')`;
}

const sql = (text: string, ...values: SQLInputValue[]): Sql => ({ text, values });

function join(parts: readonly Sql[], separator: string): Sql {
  return {
    text: parts.map(({ text }) => text).join(separator),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Translates the conditions of one query with its parameters. */
export class Translator {
  private readonly parameters: ReadonlyMap<string, unknown>;

  constructor(parameters: readonly QueryParameter[]) {
    this.parameters = new Map(parameters.map(({ name, value }) => [name, value]));
  }

  /** A condition; what is undefined in Cosmos DB is not true here. */
  condition(expression: Expression): Sql {
    switch (expression.kind) {
      case 'logic':
        return wrap(
          join(
            expression.terms.map((term) => this.condition(term)),
            ` ${expression.operator} `,
          ),
        );
      case 'not': {
        const { text, values } = this.condition(expression.term);
        return { text: `NOT coalesce(${text}, 0)`, values };
      }
      case 'compare':
        return this.comparison(
          expression.operator,
          expression.left,
          this.constant(expression.right),
        );
      case 'in':
        return wrap(
          join(
            expression.values.map((value) =>
              this.comparison('=', expression.left, this.constant(value)),
            ),
            ' OR ',
          ),
        );
      case 'call':
        return this.call(expression.name, expression.args);
      case 'path':
        return sql(`${typeExpression(expression.path)} = 'true'`);
      default:
        return sql(this.constant(expression) === true ? '1' : '0');
    }
  }

  /** The value of a literal or a parameter. */
  constant(expression: Expression): unknown {
    if (expression.kind === 'literal') return expression.value;
    if (expression.kind !== 'parameter')
      throw notSupported('a comparison with anything but a constant');
    if (!this.parameters.has(expression.name))
      throw badRequest(`parameter \`${expression.name}\` is not given`);
    return this.parameters.get(expression.name);
  }

  /** Values of different types are never equal and never in order, as in Cosmos DB. */
  private comparison(operator: string, left: Expression, right: unknown): Sql {
    if (left.kind !== 'path') throw notSupported('a comparison whose left side is no property');
    const type = typeExpression(left.path);
    const value = pathExpression(left.path);
    const sign = operator === '<>' ? '!=' : operator;
    if (sign === '!=') {
      const { text, values } = this.comparison('=', left, right);
      return sql(`(${type} IS NOT NULL AND NOT ${text})`, ...values);
    }
    if (typeof right === 'string') return sql(`(${value} ${sign} ? AND ${type} = 'text')`, right);
    if (typeof right === 'number') {
      return sql(`(${value} ${sign} ? AND ${type} IN ('integer', 'real'))`, right);
    }
    if (typeof right === 'boolean' && sign === '=') {
      return sql(`(${value} = ? AND ${type} = '${String(right)}')`, right ? 1 : 0);
    }
    if (right === null && sign === '=') return sql(`${type} = 'null'`);
    throw notSupported(`\`${operator}\` with ${JSON.stringify(right)}`);
  }

  private call(name: string, args: readonly Expression[]): Sql {
    const [first, second] = args;
    if (first?.kind === 'path') {
      switch (name) {
        case 'IS_DEFINED':
          return sql(`${typeExpression(first.path)} IS NOT NULL`);
        case 'IS_NULL':
          return sql(`${typeExpression(first.path)} = 'null'`);
        case 'STARTSWITH':
          return sql(
            `substr(${pathExpression(first.path)}, 1, length(?)) = ?`,
            ...this.twice(second),
          );
        case 'CONTAINS':
          return sql(`instr(${pathExpression(first.path)}, ?) > 0`, this.text(second));
        case 'ARRAY_CONTAINS':
          return sql(
            `EXISTS (SELECT 1 FROM json_each(${BODY}, '${jsonPath(first.path)}') WHERE value = ?)`,
            toInput(this.constant(second ?? { kind: 'literal', value: null })),
          );
        default:
      }
    }
    if (name === 'ARRAY_CONTAINS' && first !== undefined && second?.kind === 'path') {
      const list = this.constant(first);
      if (!Array.isArray(list)) throw badRequest('ARRAY_CONTAINS needs an array');
      const values = list.map(
        (value: unknown) => ({ kind: 'literal', value: value as Literal }) as const,
      );
      return values.length === 0 ? sql('0') : this.condition({ kind: 'in', left: second, values });
    }
    throw notSupported(`function ${name}`);
  }

  private text(expression: Expression | undefined): string {
    return String(this.constant(expression ?? { kind: 'literal', value: '' }));
  }

  private twice(expression: Expression | undefined): [string, string] {
    return [this.text(expression), this.text(expression)];
  }
}

function wrap({ text, values }: Sql): Sql {
  return { text: `(${text})`, values };
}

function toInput(value: unknown): SQLInputValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw notSupported(`a constant ${JSON.stringify(value)}`);
}

/** The paths that a condition compares with a constant in every case: an index of one of them can serve it. */
export function searchablePaths(where: Query['where']): readonly string[] {
  if (where === undefined) return [];
  if (where.kind === 'logic' && where.operator === 'AND')
    return where.terms.flatMap(searchablePaths);
  const isSearch =
    (where.kind === 'compare' && !['!=', '<>'].includes(where.operator)) || where.kind === 'in';
  return isSearch && where.left.kind === 'path' ? [`/${where.left.path.join('/')}`] : [];
}
