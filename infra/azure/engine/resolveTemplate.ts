import {
  DefaultTokenResolver,
  Tokenization,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
} from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ArmExpression } from './expression.ts';
import { joinText, toTemplateText } from './expressionText.ts';

/** A value with its expressions as text, and the symbolic names of the resources that they refer to. */
export interface Resolved {
  readonly value: unknown;
  readonly symbols: ReadonlySet<string>;
}

/** Replaces the tokens in `value` with template expressions. @throws TypeError for a token of CloudFormation. */
export function resolveTemplate(scope: IConstruct, value: unknown): Resolved {
  const symbols = new Set<string>();
  const resolved: unknown = Tokenization.resolve(value, {
    scope,
    resolver: new ArmTokenResolver(symbols),
    preparing: false,
  });
  return { value: toTemplateValue(resolved), symbols };
}

class ArmTokenResolver extends DefaultTokenResolver {
  private readonly symbols: Set<string>;

  constructor(symbols: Set<string>) {
    super({ join: joinText });
    this.symbols = symbols;
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (!(token instanceof ArmExpression))
      throw new TypeError(`\`${context.documentPath.join('/')}\` contains a CloudFormation token`);
    for (const symbol of token.symbols) this.symbols.add(symbol);
    return super.resolveToken(token, context, postProcessor);
  }
}

function toTemplateValue(value: unknown): unknown {
  if (typeof value === 'string') return toTemplateText(value);
  if (Array.isArray(value)) return value.map(toTemplateValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [toTemplateText(name), toTemplateValue(each)]),
  );
}
