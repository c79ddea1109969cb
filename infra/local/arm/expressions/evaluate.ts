import { assertUnreachable } from '../../../../shared/base/assertUnreachable.ts';
import { isJsonObject } from '../../../../shared/base/jsonObject.ts';
import { FUNCTIONS } from './functions.ts';
import { parseExpression, type Expression } from './parseExpression.ts';

/** What the expressions of a template may refer to. */
export interface Surroundings {
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  readonly location: string;
  readonly parameter: (name: string) => unknown;
  /** The properties of a resource, by its symbol in the template or its id. */
  readonly reference: (symbolOrId: string) => unknown;
  /** The variables of the lambdas around the expression. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The value with each expression in it evaluated. @throws Error with Azure's kind of message. */
export function evaluate(value: unknown, surroundings: Surroundings): unknown {
  if (typeof value === 'string') return evaluateText(value, surroundings);
  if (Array.isArray(value)) return value.map((each) => evaluate(each, surroundings));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      String(evaluateText(name, surroundings)),
      evaluate(each, surroundings),
    ]),
  );
}

/** Text in brackets is an expression; `[[` stands for a bracket. */
function evaluateText(text: string, surroundings: Surroundings): unknown {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  return evaluateExpression(parseExpression(text.slice(1, -1)), surroundings);
}

function evaluateExpression(expression: Expression, surroundings: Surroundings): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'member': {
      const of = evaluateExpression(expression.of, surroundings);
      return readMember(of, evaluateExpression(expression.member, surroundings));
    }
    case 'call':
      return evaluateCall(expression, surroundings);
    default:
      return assertUnreachable(expression);
  }
}

function readMember(of: unknown, member: unknown): unknown {
  const name = String(member);
  const value =
    typeof of === 'object' && of !== null
      ? Object.entries(of).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1]
      : undefined;
  if (value !== undefined) return value;
  throw new Error(`The language expression property '${name}' doesn't exist.`);
}

function evaluateCall(
  { name, given }: Extract<Expression, { kind: 'call' }>,
  surroundings: Surroundings,
): unknown {
  const value = (at: number): unknown => {
    const expression = given[at];
    if (expression === undefined) throw new Error(`The template function '${name}' lacks a value.`);
    return evaluateExpression(expression, surroundings);
  };
  switch (name) {
    // The branch that is not taken may refer to what is not there.
    case 'if':
      return value(0) === true ? value(1) : value(2);
    case 'lambda':
      return toLambda(given, surroundings);
    case 'lambdaVariables':
      return readMember(surroundings.variables, value(0));
    case 'parameters':
      return surroundings.parameter(String(value(0)));
    case 'reference':
      return surroundings.reference(String(value(0)));
    default: {
      const apply = FUNCTIONS[name];
      if (apply === undefined) throw new Error(`The template function '${name}' is not valid.`);
      return apply(
        given.map((_, at) => value(at)),
        surroundings,
      );
    }
  }
}

/** The last of `given` is the body; those before are the names of its variables. */
function toLambda(given: readonly Expression[], surroundings: Surroundings): unknown {
  const names = given.slice(0, -1).map((each) => String(evaluateExpression(each, surroundings)));
  const body = given.at(-1);
  return (...values: readonly unknown[]): unknown => {
    const own = Object.fromEntries(names.map((each, at) => [each, values[at]]));
    const variables = { ...surroundings.variables, ...own };
    if (body === undefined) throw new Error('The lambda has no body.');
    return evaluateExpression(body, { ...surroundings, variables });
  };
}
