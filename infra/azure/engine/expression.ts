import { Token, type IResolvable, type IResolveContext } from 'aws-cdk-lib/core';
import { toArgument, toExpression } from './expressionText.ts';

/** An argument of a call: a number, or text that may contain expressions. */
export type Argument = string | number;

/**
 * A call of a template function, which Azure evaluates during deployment, with an optional property of its result. As
 * text it is a token, so it may be part of other text. A resource that contains it depends on `symbols`.
 * (learn.microsoft.com/azure/azure-resource-manager/templates/template-functions)
 */
export class ArmExpression implements IResolvable {
  readonly creationStack: string[] = [];
  /** The symbolic names of the resources that must exist first. */
  readonly symbols: readonly string[];
  private readonly name: string;
  private readonly call: readonly Argument[];
  private readonly suffix: string;

  constructor(
    name: string,
    call: readonly Argument[],
    options: { readonly symbols?: readonly string[]; readonly suffix?: string } = {},
  ) {
    this.name = name;
    this.call = call;
    this.symbols = options.symbols ?? [];
    this.suffix = options.suffix ?? '';
  }

  resolve(context: IResolveContext): string {
    const given = this.call.map((each) => toArgument(context.resolve(each) as Argument));
    return toExpression(`${this.name}(${given.join(', ')})${this.suffix}`);
  }

  /** The token. */
  toString(): string {
    return Token.asString(this);
  }

  toJSON(): string {
    return `<unresolved ${this.name}>`;
  }
}

/** A token for a function call. */
export function call(name: string, ...given: readonly Argument[]): string {
  return new ArmExpression(name, given).toString();
}

/** A token for an object, from its names and values. */
export function objectOf(members: Readonly<Record<string, Argument>>): string {
  return call('createObject', ...Object.entries(members).flat());
}

/** A token for both conditions; without the second, the first. */
export function both(first: string, second: string | undefined): string {
  return second === undefined ? first : call('and', first, second);
}

/** A token for a list. */
export function listOf(...members: readonly Argument[]): string {
  return call('createArray', ...members);
}

/** A token for `fallback` if the parameter is empty, and else for `value`. */
export function unlessEmpty(parameter: string, value: string, fallback: string): string {
  return call('if', call('empty', parameter), fallback, value);
}

/** The resource group's `id`, `location` or `name`. */
export function resourceGroup(property: 'id' | 'location' | 'name'): string {
  return new ArmExpression('resourceGroup', [], { suffix: `.${property}` }).toString();
}

/** The `tenantId`, `subscriptionId` or `id` of the target subscription. */
export function subscription(property: 'tenantId' | 'subscriptionId' | 'id'): string {
  return new ArmExpression('subscription', [], { suffix: `.${property}` }).toString();
}
