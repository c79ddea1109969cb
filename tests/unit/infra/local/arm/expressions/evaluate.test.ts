import { describe, expect, it } from 'vitest';
import {
  evaluate,
  type Surroundings,
} from '../../../../../../infra/local/arm/expressions/evaluate.ts';

const PARAMETERS: Readonly<Record<string, unknown>> = {
  name: 'x',
  none: '',
  extra: { B: '2', C: '3' },
};
const SURROUNDINGS: Surroundings = {
  scope: '/subscriptions/s/resourceGroups/g',
  location: 'westeurope',
  parameter: (name) => PARAMETERS[name],
  reference: (symbol) => ({ host: `${symbol}.example` }),
};
const valueOf = (text: unknown): unknown => evaluate(text, SURROUNDINGS);

describe('a text of a template', () => {
  it.each([
    ['plain', 'plain'],
    ['[[escaped]', '[escaped]'],
    ["['it''s, (quoted)']", "it's, (quoted)"],
    ["[concat('a-', parameters('name'), '-b')]", 'a-x-b'],
    ["[reference('site').host]", 'site.example'],
    ["[if(empty(parameters('none')), 'own', parameters('none'))]", 'own'],
    ['[resourceGroup().location]', 'westeurope'],
    [
      "[resourceId('A.B/c/d', 'x', 'y')]",
      '/subscriptions/s/resourceGroups/g/providers/A.B/c/x/d/y',
    ],
    ["[extensionResourceId('/z', 'A.B/c', 'x')]", '/z/providers/A.B/c/x'],
    ["[first(split('a,b', ','))]", 'a'],
    ['[createArray(1, 2)[1]]', 2],
    ["[format('{0}-{1}', 'a', 2)]", 'a-2'],
    ["[equals('A', 'a')]", true],
  ])('%s is %j', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('merges objects and maps them with a lambda', () => {
    const text =
      "[map(items(union(createObject('A', '1', 'B', '1'), parameters('extra'))), lambda('each', createObject('name', lambdaVariables('each').key, 'value', lambdaVariables('each').value)))]";
    expect(valueOf(text)).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
      { name: 'C', value: '3' },
    ]);
  });

  it('is evaluated in names and values at any depth', () => {
    expect(valueOf({ "[parameters('name')]": [{ a: "[parameters('name')]" }] })).toEqual({
      x: [{ a: 'x' }],
    });
  });

  it('gives an id and a unique text for the same values', () => {
    expect(valueOf("[guid('a', 'b')]")).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(valueOf("[uniqueString('a')]")).toMatch(/^[\da-v]{13}$/);
    expect(valueOf("[uniqueString('a')]")).not.toBe(valueOf("[uniqueString('b')]"));
  });

  it.each([
    ["[newGuid('x')]", "'newGuid' is not valid"],
    ["[reference('site').port]", "'port' doesn't exist"],
    ["[concat('a'", "no ','"],
    ["[concat('a') 'b']", 'more than one value'],
    ['[§]', 'not valid at 1'],
    ['[parameters()]', 'lacks a value'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => valueOf(`${text.replace(/\]$/, '')}]`)).toThrow(message);
  });
});
