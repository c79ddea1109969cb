import { Token, type IResolvable, type IResolveContext } from 'aws-cdk-lib/core';
import { toArgument, toExpression } from './expressionText.ts';

/** What may stand in a call: text, which may hold expressions itself, or a number. */
export type Argument = string | number;

/**
 * Something that Azure computes while it deploys: a call of a template function, and what is read of its answer. As text
 * it is a token, so that it may stand within other text; where it ends up in a resource, that resource depends on `symbols`.
 * (learn.microsoft.com/azure/azure-resource-manager/templates/template-functions)
 */
export class ArmExpression implements IResolvable {
  readonly creationStack: string[] = [];
  /** The symbolic names of the resources that have to be there first. */
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

/** A call as text. */
export function call(name: string, ...given: readonly Argument[]): string {
  return new ArmExpression(name, given).toString();
}

/** The resource group's `id`, `location` or `name`. */
export function resourceGroup(property: 'id' | 'location' | 'name'): string {
  return new ArmExpression('resourceGroup', [], { suffix: `.${property}` }).toString();
}

/** `tenantId`, `subscriptionId` or `id` of the subscription that is deployed to. */
export function subscription(property: 'tenantId' | 'subscriptionId' | 'id'): string {
  return new ArmExpression('subscription', [], { suffix: `.${property}` }).toString();
}
