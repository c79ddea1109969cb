// Caches a breakdown for each validator. The cache changes no result, and an entry ends with its validator.
// The reason for all of this file: rejecting must cost about as much as accepting, and TypeBox's full error report costs
// ten times as much. So only choices, lists and numbers are left to TypeBox.
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Format } from 'typebox/format';
import type { Problem } from '../connectorError.ts';
import { explainErrors } from './explainErrors.ts';
import './formats.ts';
import { mustBeOneOf, mustHaveFormat, mustMatch } from './messages.ts';

/** The part of TypeBox's `Validator` that is used here. */
export interface Validator<T> {
  Check(value: unknown): value is T;
  /** The schema. */
  Type(): unknown;
  Errors(value: unknown): TLocalizedValidationError[];
}

/** The problems of `value`, each once; empty if it has the shape. */
export function findProblems<T>(validator: Validator<T>, value: unknown): readonly Problem[] {
  // A text is checked by its rules alone.
  const isText = breakdownOf(validator).rules !== undefined;
  return !isText && validator.Check(value) ? [] : explainShape(validator, value);
}

/** The problems of a value that does not have the shape. */
export function explainShape(validator: Validator<unknown>, value: unknown): readonly Problem[] {
  const { problems, wrongType, isObject, rules, parts } = breakdownOf(validator);
  if (problems !== undefined) return problems;
  if (rules !== undefined) return typeof value === 'string' ? violated(rules, value) : wrongType;
  if (isObject && (typeof value !== 'object' || value === null || Array.isArray(value)))
    return wrongType;
  if (parts === undefined) return explainErrors(validator.Errors(value));
  const whole = value as Readonly<Record<string, unknown>>;
  const found: Problem[] = [];
  for (const { name, isOptional, part } of parts) {
    if (!(name in whole)) {
      if (!isOptional) found.push({ path: `/${name}`, message: 'is required' });
    } else {
      for (const { path, message } of findProblems(part, whole[name]))
        found.push({ path: `/${name}${path}`, message });
    }
  }
  return found;
}

/** The problems of the rules that `text` violates. */
function violated(rules: readonly TextRule[], text: string): readonly Problem[] {
  const found: Problem[] = [];
  for (const { isMet, problem } of rules) if (!isMet(text)) found.push(problem);
  return found;
}

interface TextRule {
  readonly isMet: (text: string) => boolean;
  readonly problem: Problem;
}

/** The parts of a shape that can be explained without TypeBox. */
interface Breakdown {
  /** The problems, if they are the same for every wrong value. */
  readonly problems?: readonly Problem[];
  /** The problem of a value that is not a text, or not an object, although it must be. */
  readonly wrongType: readonly Problem[];
  readonly isObject: boolean;
  /** The rules of a text. */
  readonly rules?: readonly TextRule[];
  /** The properties of an object that may have others too. */
  readonly parts?: readonly {
    readonly name: string;
    readonly isOptional: boolean;
    readonly part: Validator<unknown>;
  }[];
}

interface SchemaParts {
  readonly type?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
}

const cache = new WeakMap<object, Breakdown>();

function breakdownOf(validator: Validator<unknown>): Breakdown {
  const cached = cache.get(validator);
  if (cached !== undefined) return cached;
  const breakdown = breakDown(validator.Type() as SchemaParts);
  cache.set(validator, breakdown);
  return breakdown;
}

function breakDown(schema: SchemaParts): Breakdown {
  const { properties, additionalProperties, required = [] } = schema;
  const wrongType = [{ path: '', message: `must be ${String(schema.type)}` }];
  const kind = { wrongType, isObject: schema.type === 'object' };
  if (schema.enum !== undefined)
    return { ...kind, problems: [{ path: '', message: mustBeOneOf(schema.enum) }] };
  if (schema.type === 'string') return { ...kind, rules: toTextRules(schema) };
  if (schema.type === 'boolean') return { ...kind, problems: wrongType };
  if (properties === undefined || additionalProperties !== undefined) return kind;
  const parts = Object.entries(properties).map(([name, property]) => ({
    name,
    isOptional: !required.includes(name),
    part: Compile(property),
  }));
  return { ...kind, parts };
}

/** The messages about lengths are those of TypeBox. */
function toTextRules({ minLength, maxLength, pattern, format }: SchemaParts): readonly TextRule[] {
  const rules: TextRule[] = [];
  const add = (isMet: TextRule['isMet'], message: string): void => {
    rules.push({ isMet, problem: { path: '', message } });
  };
  if (minLength !== undefined)
    add(
      (text) => text.length >= 2 * minLength || lengthOf(text) >= minLength,
      `must not have fewer than ${String(minLength)} characters`,
    );
  if (maxLength !== undefined)
    add(
      (text) =>
        text.length <= maxLength || (text.length <= 2 * maxLength && lengthOf(text) <= maxLength),
      `must not have more than ${String(maxLength)} characters`,
    );
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, 'u');
    add((text) => expression.test(text), mustMatch(pattern));
  }
  if (format !== undefined) add((text) => Format.Test(format, text), mustHaveFormat(format));
  return rules;
}

/** In characters, as JSON Schema counts: a surrogate pair is one. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
