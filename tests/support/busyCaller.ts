import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { TestStack } from './testStack.ts';

/** The most decisions of one request. It is also what a caller may ask for at once if its limit is small. */
const MOST_DECISIONS = 100;

/** The token of a new caller that may ask for decisions. No other test uses up its limit. */
export function newCaller(at: TestStack): Promise<string> {
  return at.sign({ azp: randomUUID(), roles: ['Access.Decide'] });
}

/** The token of a new caller that has just used up its limit, so most of its next requests are refused. */
export async function busyCaller(at: TestStack): Promise<string> {
  const token = await newCaller(at);
  const { status } = await at.client.request('POST', 'accessDecisions', {
    json: Array.from({ length: MOST_DECISIONS }, () => ({
      device: { deviceId: 'nobody' },
      resource: 'wifi',
    })),
    headers: { authorization: `Bearer ${token}` },
  });
  expect(status).toBe(200);
  return token;
}
