import { expect, it } from 'vitest';
import { ArmError, type Json } from '../../../../../infra/deploy/armClient.ts';
import type { Survey } from '../../../../../infra/deploy/preflight/survey.ts';
import { updateStack } from '../../../../../infra/deploy/stack/updateStack.ts';

interface Played {
  readonly problem: string;
  /** The methods of the requests. */
  readonly requests: readonly string[];
}

/** Writes a stack that was not there, while Azure gives these answers. */
async function play(answers: readonly (Json | undefined | ArmError)[]): Promise<Played> {
  const requests: string[] = [];
  const run = (method: string): Promise<Json | undefined> => {
    const answer = answers[requests.length];
    requests.push(method);
    return answer instanceof ArmError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const survey = {
    run: {
      arm: { run },
      scope: '/',
      name: 'mtd',
      stage: { isLocked: false },
      options: { force: false },
      io: { pause: () => Promise.resolve() },
      note: () => undefined,
    },
    stack: undefined,
    deployment: {
      scope: '/',
      name: 'mtd',
      template: { parameters: {}, resources: {} },
      parameters: {},
    },
  } as unknown as Survey;
  const problem = await updateStack(survey).then(
    () => 'none',
    (error: unknown) => (error as Error).message,
  );
  return { problem, requests };
}

const BUSY = new ArmError(409, 'DeploymentStackInNonTerminalState', 'The stack is being changed.');
const toStack = (provisioningState: string, parameters: Json = {}): Json => ({
  properties: { provisioningState, parameters },
});

it('a run that began meanwhile is waited for, and then the stack is written', async () => {
  const done = toStack('succeeded');
  const { problem, requests } = await play([undefined, BUSY, toStack('deploying'), done, done]);
  expect([problem, requests]).toEqual(['none', ['GET', 'PUT', 'GET', 'GET', 'PUT']]);
});

it('a run that has restored a database meanwhile is not written over', async () => {
  const restored = toStack('succeeded', { databaseAccount: { value: 'restored' } });
  const { problem, requests } = await play([undefined, BUSY, restored]);
  expect([problem, requests]).toEqual([
    expect.stringContaining('another run has changed databaseAccount'),
    ['GET', 'PUT', 'GET'],
  ]);
});

it('a stack that stays busy is given up after some tries', async () => {
  const { problem, requests } = await play(
    Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? toStack('succeeded') : BUSY)),
  );
  expect(problem).toBe('The stack is being changed.');
  expect(requests).toHaveLength(10);
});
