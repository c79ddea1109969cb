import { expect, it } from 'vitest';
import { assertNotOvertaken } from '../../../../../infra/deploy/stack/assertNotOvertaken.ts';
import type { DeployedStack } from '../../../../../infra/deploy/stack/deploymentStack.ts';
import type { ParameterValues } from '../../../../../infra/deploy/template.ts';

const toStack = (parameters: ParameterValues): DeployedStack => ({
  provisioningState: 'succeeded',
  outputs: {},
  parameters,
  managed: [],
  hash: undefined,
});

/** A run that looked at a stack `before`, and would write `mine`, while the stack has become `now`. */
const check = (before: ParameterValues, mine: ParameterValues, now: ParameterValues) => () =>
  assertNotOvertaken(
    {
      stack: toStack(before),
      deployment: {
        scope: '/',
        name: 'mtd',
        template: { parameters: {}, resources: {} },
        parameters: mine,
      },
    },
    toStack(now),
  );

const RESTORED = { databaseAccount: { value: 'restored' } };
const SETTINGS = { extraSettings: { value: { A: 'hidden' } } };

it('a run does not write over a database that another one has restored since', () => {
  expect(check({}, {}, RESTORED)).toThrow('another run has changed databaseAccount');
  expect(check({}, SETTINGS, { ...RESTORED, ...SETTINGS })).toThrow('changed databaseAccount in');
  expect(check(SETTINGS, SETTINGS, {})).toThrow('changed extraSettings in');
});

it('a run may write what is the same, or was there before', () => {
  expect(check({}, {}, {})).not.toThrow();
  expect(check(RESTORED, { databaseAccount: { value: '' } }, RESTORED)).not.toThrow();
  expect(check({}, RESTORED, RESTORED)).not.toThrow();
  const other = { operatorsEmail: { value: 'night@contoso.example' } };
  expect(check({}, {}, other)).not.toThrow();
});
