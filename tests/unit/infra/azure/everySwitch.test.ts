import { describe, expect, it } from 'vitest';
import type { ArmTemplate, WrittenResource } from '../../../../infra/azure/engine/toArmTemplate.ts';
import { everySwitch } from '../../../../infra/azure/everySwitch.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import { findCircles } from '../../../support/findCircles.ts';

const SWITCHED = everySwitch();

/** What an expression may not contain: its quotes and parentheses must be pairs. */
function isBalanced(expression: string): boolean {
  const unquoted = expression.replaceAll(/'(?:[^']|'')*'/g, '');
  let depth = 0;
  for (const each of unquoted) {
    if (each === '(') depth += 1;
    if (each === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && !unquoted.includes("'");
}

function expressionsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^\[[^[]/.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(expressionsIn);
}

const named = (expressions: readonly string[], call: string): ReadonlySet<string> =>
  new Set(
    expressions.flatMap((each) =>
      [...each.matchAll(new RegExp(`\\b${call}\\('(\\w+)'\\)`, 'g'))].map(([, name = '']) => name),
    ),
  );

const isChildOf = (child: WrittenResource, parent: WrittenResource): boolean =>
  child.type.startsWith(`${parent.type}/`);

it('has every combination of five switches, for both stages', () => {
  expect(new Set(SWITCHED.map(({ name }) => name)).size).toBe(2 * 2 ** 5);
});

describe.each(SWITCHED)('$name', ({ stage }) => {
  const text = synthesize(stage);
  const template = JSON.parse(text) as ArmTemplate;
  const resources = Object.entries(template.resources);
  const expressions = expressionsIn(template);

  it('has well-formed expressions, within Azure’s limit', () => {
    expect(expressions.filter((each) => !isBalanced(each))).toEqual([]);
    // learn.microsoft.com/azure/azure-resource-manager/templates/best-practices, template limits
    expect(expressions.filter(({ length }) => length > 24_576)).toEqual([]);
    expect(resources.length).toBeLessThanOrEqual(800);
    expect(Buffer.byteLength(text)).toBeLessThan(4 * 1024 * 1024);
  });

  it('uses each of its parameters, and no other', () => {
    expect([...named(expressions, 'parameters')].toSorted()).toEqual(
      Object.keys(template.parameters).toSorted(),
    );
  });

  it('waits for resources that it has, and in no circle', () => {
    const graph = new Map(
      resources.map(([symbol, { dependsOn = [] }]) => [symbol, new Set(dependsOn)]),
    );
    const missing = [...graph.values()].flatMap((needed) =>
      [...needed].filter((symbol) => template.resources[symbol] === undefined),
    );
    expect(missing).toEqual([]);
    expect(findCircles(graph)).toEqual([]);
  });

  it('reads the properties of resources that are always there', () => {
    const skipped = [...named(expressions, 'reference')].filter(
      (symbol) => template.resources[symbol]?.condition !== undefined,
    );
    expect(skipped).toEqual([]);
  });

  it('skips the children of a resource with it', () => {
    const orphans = resources.flatMap(([symbol, child]) =>
      (child.dependsOn ?? [])
        .map((needed) => template.resources[needed])
        .filter((parent) => parent !== undefined && isChildOf(child, parent))
        .filter((parent) => parent?.condition !== undefined && child.condition === undefined)
        .map(() => symbol),
    );
    expect(orphans).toEqual([]);
  });
});
