import { CfnElement, type Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { defined } from '../../../shared/base/defined.ts';
import { ArmMetadata, ArmOutput, ArmParameter } from './armParameter.ts';
import { ArmResource } from './armResource.ts';
import { resolveTemplate } from './resolveTemplate.ts';

/** All problems, one for each line, with the path of the construct. */
class ArmTemplateError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`cannot write the template:\n${problems.map((each) => `  ${each}`).join('\n')}`);
    this.name = 'ArmTemplateError';
    this.problems = problems;
  }
}

export interface ArmTemplate {
  readonly $schema: string;
  readonly languageVersion: '2.0';
  readonly contentVersion: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, object>>;
  readonly resources: Readonly<Record<string, WrittenResource>>;
  readonly outputs: Readonly<Record<string, object>>;
}

/** A resource in the form of the template. */
export interface WrittenResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly condition?: string;
  readonly name: string;
  readonly scope?: string;
  readonly dependsOn?: readonly string[];
  readonly [member: string]: unknown;
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

/**
 * Converts the tree below `stack` to a template with symbolic names (languageVersion 2.0).
 * @throws ArmTemplateError if a construct has an error annotation, belongs to CloudFormation, or shares its name.
 */
export function toArmTemplate(stack: Stack): ArmTemplate {
  const all = stack.node.findAll();
  const problems = all.flatMap(findProblems);
  const resources = all.filter((each) => each instanceof ArmResource);
  problems.push(...findRepeated(resources));
  const written = resources.map((each) => attempt(each, problems, () => write(each)));
  const parameters = all.filter((each) => each instanceof ArmParameter);
  const outputs = all.filter((each) => each instanceof ArmOutput);
  const metadata = all.filter((each) => each instanceof ArmMetadata);
  const answers = outputs.map((each) => attempt(each, problems, () => writeOutput(each)));
  const symbols = new Set(resources.map(({ symbol }) => symbol));
  problems.push(...resources.flatMap((each, index) => findDangling(each, written[index], symbols)));
  if (problems.length > 0) throw new ArmTemplateError(problems);
  return {
    $schema: SCHEMA,
    languageVersion: '2.0',
    contentVersion: '1.0.0.0',
    ...(metadata.length === 0 ? {} : { metadata: toMetadata(metadata) }),
    parameters: Object.fromEntries(parameters.map((each) => [each.node.id, writeParameter(each)])),
    resources: Object.fromEntries(
      resources.map(({ symbol }, index) => [symbol, written[index] as WrittenResource]),
    ),
    outputs: Object.fromEntries(outputs.map(({ node }, index) => [node.id, answers[index] ?? {}])),
  };
}

/** Includes annotated errors: without a CloudFormation stack, nothing else checks them. */
function findProblems({ node }: IConstruct, _index: number, all: readonly IConstruct[]): string[] {
  const annotated = node.metadata
    .filter(({ type }) => type === 'aws:cdk:error')
    .map(({ data }) => `${node.path}: ${String(data)}`);
  const element = all.find((each) => each.node === node);
  return CfnElement.isCfnElement(element)
    ? [...annotated, `${node.path}: a CloudFormation construct cannot be deployed to Azure`]
    : annotated;
}

function findRepeated(resources: readonly ArmResource[]): string[] {
  const bySymbol = Map.groupBy(resources, ({ symbol }) => symbol);
  return [...bySymbol]
    .filter(([, same]) => same.length > 1)
    .flatMap(([symbol, same]) =>
      same.map(({ node }) => `${node.path}: its symbolic name \`${symbol}\` is not unique`),
    );
}

function findDangling(
  { node }: ArmResource,
  written: WrittenResource | undefined,
  symbols: ReadonlySet<string>,
): string[] {
  return (written?.dependsOn ?? [])
    .filter((symbol) => !symbols.has(symbol))
    .map((symbol) => `${node.path}: refers to \`${symbol}\`, which is not in the template`);
}

function attempt<T>(construct: IConstruct, problems: string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push(
      `${construct.node.path}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
}

function write(resource: ArmResource): WrittenResource {
  const { type, apiVersion, names, condition, parent, extended, after, body, symbol } = resource;
  const { value, symbols } = resolveTemplate(resource, {
    ...defined({ condition }),
    ...(extended === undefined ? {} : { scope: extended.id }),
    name: names.join('/'),
    ...body,
  });
  rejectIntrinsics(value);
  const others = [...after, ...(parent === undefined ? [] : [parent])];
  const needed = new Set([...symbols, ...others.map((each) => each.symbol)]);
  needed.delete(symbol);
  const dependsOn = [...needed].toSorted((left, right) => (left < right ? -1 : 1));
  return {
    type,
    apiVersion,
    ...(value as { readonly name: string }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}

function rejectIntrinsics(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    if (name === 'Ref' || name.startsWith('Fn::'))
      throw new TypeError(`\`${name}\` belongs to CloudFormation`);
    rejectIntrinsics(each);
  }
}

function writeParameter({ props }: ArmParameter): object {
  const { description, ...rest } = props;
  return { ...rest, metadata: { description } };
}

function toMetadata(all: readonly ArmMetadata[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(all.map(({ node, value }) => [node.id, value]));
}

function writeOutput(output: ArmOutput): object {
  const { value } = resolveTemplate(output, output.value);
  return { type: 'string', value };
}
