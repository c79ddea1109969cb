import { Aspects, Annotations, CfnResource, Fn, Lazy, type App } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  ArmMetadata,
  ArmOutput,
  ArmParameter,
} from '../../../../infra/azure/engine/armParameter.ts';
import { ArmResource } from '../../../../infra/azure/engine/armResource.ts';
import { ArmStack } from '../../../../infra/azure/engine/armStack.ts';
import {
  call,
  objectOf,
  resourceGroup,
  subscription,
  unlessEmpty,
} from '../../../../infra/azure/engine/expression.ts';
import type { ArmTemplate } from '../../../../infra/azure/engine/toArmTemplate.ts';
import { synthesizeApp } from '../../../../infra/azure/synthesize.ts';

/** The template of a stack that `build` fills. */
function templateOf(build: (stack: ArmStack, app: App) => void): ArmTemplate {
  const text = synthesizeApp((app) => {
    const stack = new ArmStack(app, 'a-stack');
    build(stack, app);
    return stack;
  });
  return JSON.parse(text) as ArmTemplate;
}

const thing = (
  scope: Construct,
  id: string,
  body: Readonly<Record<string, unknown>> = {},
  name = id,
): ArmResource =>
  new ArmResource(scope, id, {
    type: 'Contoso.Things/things',
    apiVersion: '2026-01-01',
    name,
    body,
  });

describe('text with expressions in it', () => {
  it.each([
    ['plain', 'plain'],
    ['[looks like one]', '[[looks like one]'],
    [resourceGroup('location'), '[resourceGroup().location]'],
    [`a-${resourceGroup('name')}`, "[concat('a-', resourceGroup().name)]"],
    [`${resourceGroup('name')}'s`, "[concat(resourceGroup().name, '''s')]"],
    [
      `a${call('uniqueString', resourceGroup('id'))}b${subscription('tenantId')}c`,
      "[concat('a', uniqueString(resourceGroup().id), 'b', subscription().tenantId, 'c')]",
    ],
    [call('toUpper', `x${resourceGroup('name')}`), "[toUpper(concat('x', resourceGroup().name))]"],
    [
      objectOf({ a: 'b', c: resourceGroup('id') }),
      "[createObject('a', 'b', 'c', resourceGroup().id)]",
    ],
    [
      `x/${unlessEmpty(call('parameters', 'p'), 'given', 'own')}`,
      "[concat('x/', if(empty(parameters('p')), 'own', 'given'))]",
    ],
    [call('substring', 'abc', 0, 1), "[substring('abc', 0, 1)]"],
  ])('%j', (value, expected) => {
    const { resources } = templateOf((stack) => void thing(stack, 'one', { tags: { value } }));
    expect(resources['one']?.['tags']).toEqual({ value: expected });
  });

  it('is written in the names of members, too', () => {
    const { resources } = templateOf((stack) => {
      const other = thing(stack, 'other');
      thing(stack, 'one', { identities: { [other.id]: {} } });
    });
    expect(resources['one']).toMatchObject({
      identities: { "[resourceId('Contoso.Things/things', 'other')]": {} },
      dependsOn: ['other'],
    });
  });
});

describe('a resource', () => {
  it('depends on the resources that it references by id or by value, and on its parent', () => {
    const { resources } = templateOf((stack) => {
      const first = thing(stack, 'first');
      const second = thing(stack, 'second', { properties: { of: first.read('address') } });
      const part = new ArmResource(stack, 'part', {
        type: 'Contoso.Things/things/parts',
        apiVersion: '2026-01-01',
        name: 'p',
        parent: second,
      });
      new ArmResource(stack, 'lock', {
        type: 'Contoso.Locks/locks',
        apiVersion: '2026-01-01',
        name: 'l',
        scope: part,
      });
    });
    expect(resources).toEqual({
      first: { type: 'Contoso.Things/things', apiVersion: '2026-01-01', name: 'first' },
      second: {
        type: 'Contoso.Things/things',
        apiVersion: '2026-01-01',
        name: 'second',
        properties: { of: "[reference('first').address]" },
        dependsOn: ['first'],
      },
      part: {
        type: 'Contoso.Things/things/parts',
        apiVersion: '2026-01-01',
        name: 'second/p',
        dependsOn: ['second'],
      },
      lock: {
        type: 'Contoso.Locks/locks',
        apiVersion: '2026-01-01',
        scope: "[resourceId('Contoso.Things/things/parts', 'second', 'p')]",
        name: 'l',
        dependsOn: ['part'],
      },
    });
  });

  it('has a symbolic name from its path in the tree, and a name from expressions', () => {
    const { resources } = templateOf((stack) => {
      const outer = thing(stack, 'outer-thing', {}, `x${resourceGroup('name')}`);
      thing(outer, 'inner', { of: outer.id });
    });
    expect(resources['outerThingInner']?.['of']).toBe(
      "[resourceId('Contoso.Things/things', concat('x', resourceGroup().name))]",
    );
  });
});

it('writes parameters, outputs and metadata', () => {
  const template = templateOf((stack) => {
    new ArmParameter(stack, 'more', { type: 'object', description: 'More', defaultValue: {} });
    new ArmMetadata(stack, 'names', ['one', 'two']);
    const email = new ArmParameter(stack, 'email', { type: 'string', description: 'Who' });
    new ArmOutput(stack, 'answer', `to ${email.value}`);
  });
  expect(template).toMatchObject({
    languageVersion: '2.0',
    metadata: { names: ['one', 'two'] },
    parameters: {
      more: { type: 'object', defaultValue: {}, metadata: { description: 'More' } },
      email: { type: 'string', metadata: { description: 'Who' } },
    },
    outputs: { answer: { type: 'string', value: "[concat('to ', parameters('email'))]" } },
  });
});

describe('synthesis rejects, by the path of the construct,', () => {
  it.each([
    [
      'a CloudFormation resource',
      (stack: ArmStack) => void new CfnResource(stack, 'bucket', { type: 'AWS::S3::Bucket' }),
      'a-stack/bucket: a CloudFormation construct',
    ],
    [
      'a CloudFormation function',
      (stack: ArmStack) =>
        void thing(stack, 'one', { tags: { x: Fn.getAtt('a', 'b').toString() } }),
      'a-stack/one: `tags/x` contains a CloudFormation token',
    ],
    [
      'a CloudFormation key',
      (stack: ArmStack) => void thing(stack, 'one', { tags: { 'Fn::Join': ['', []] } }),
      'a-stack/one: `Fn::Join` belongs to CloudFormation',
    ],
    [
      'a foreign token',
      (stack: ArmStack) =>
        void thing(stack, 'one', { tags: { x: Lazy.string({ produce: () => 'late' }) } }),
      'a-stack/one: `tags/x` contains a CloudFormation token',
    ],
    [
      'an annotated error',
      (stack: ArmStack) => Annotations.of(thing(stack, 'one')).addError('is wrong'),
      'a-stack/one: is wrong',
    ],
    [
      'an error of an aspect',
      (stack: ArmStack) => {
        thing(stack, 'one');
        Aspects.of(stack).add({
          visit: (node) => {
            if (node instanceof ArmResource) Annotations.of(node).addError('is refused');
          },
        });
      },
      'a-stack/one: is refused',
    ],
    [
      'two resources with one symbolic name',
      (stack: ArmStack) => {
        thing(stack, 'a-b');
        thing(stack, 'aB');
      },
      'a-stack/a-b: its symbolic name `aB` is not unique',
    ],
    [
      'a CloudFormation output',
      (stack: ArmStack) => void new ArmOutput(stack, 'out', Fn.ref('x')),
      'a-stack/out: `` contains a CloudFormation token',
    ],
  ])('%s', (_, build, message) => {
    expect(() => templateOf(build)).toThrow(message);
  });
});
