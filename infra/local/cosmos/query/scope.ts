import type { SQLInputValue } from 'node:sqlite';
import { badRequest } from '../cosmosError.ts';
import {
  pathSuffix,
  rankOf,
  sqlLiteral,
  typedPath,
  type Keys,
  type TypedSql,
} from '../typedPath.ts';

/** The names of a query with their meaning, and the values that its SQL binds. */
export class Scope {
  readonly values: SQLInputValue[] = [];
  readonly #parameters: ReadonlyMap<string, unknown>;
  /** For each alias, SQL for its path within the item. */
  readonly #paths = new Map<string, string>();
  #iterations = 0;

  constructor(parameters: ReadonlyMap<string, unknown>) {
    this.#parameters = parameters;
  }

  /** Makes `alias` the name of the item itself. */
  addItem(alias: string): void {
    this.#paths.set(alias, sqlLiteral('$'));
  }

  /** Makes `alias` the name of each element of an array; returns the name of the table of elements. */
  addElements(alias: string): string {
    this.#iterations += 1;
    const table = `e${this.#iterations}`;
    this.#paths.set(alias, `${table}.fullkey`);
    return table;
  }

  /** Binds `value` and returns its SQL parameter. */
  bind(value: SQLInputValue): string {
    return `?${this.values.push(value)}`;
  }

  /** A constant of the query; bound only where it is used. */
  constant(value: unknown): TypedSql {
    const bind = (): string => this.bind(toSqlValue(value));
    return {
      rank: String(rankOf(value)),
      get value() {
        return bind();
      },
      constant: { value },
    };
  }

  /** The value of the parameter `name`. @throws CosmosError 400. */
  parameter(name: string): unknown {
    if (!this.#parameters.has(name)) throw badRequest(`The parameter \`${name}\` is not given.`);
    return this.#parameters.get(name);
  }

  /** SQL for the path of `keys` under `root`. @throws CosmosError 400 for an unknown name. */
  path(root: string, keys: Keys): string {
    const base = this.#paths.get(root);
    if (base === undefined) throw badRequest(`Identifier '${root}' could not be resolved.`);
    if (keys.length === 0) return base;
    const suffix = pathSuffix(keys);
    return base.startsWith("'") ? sqlLiteral(`$${suffix}`) : `${base} || ${sqlLiteral(suffix)}`;
  }

  /** Whether `root` is the item itself. */
  isItem(root: string): boolean {
    return this.#paths.get(root) === sqlLiteral('$');
  }

  /** The value at `keys` under `root`. */
  value(root: string, keys: Keys): TypedSql {
    return typedPath('d.body', this.path(root, keys));
  }
}

/** `value` as `json_extract` would return it. */
function toSqlValue(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'boolean' ? Number(value) : JSON.stringify(value);
}
