import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { MAX_DECISIONS } from '../../shared/core/decisions/accessRequest.ts';
import type { TestStack } from './testStack.ts';

/** The token of a new caller that may ask for decisions. No other test uses up its limit. */
export function newCaller(at: TestStack): Promise<string> {
  return at.sign({ azp: randomUUID(), roles: ['Access.Decide'] });
}

/**
 * The token of a new caller that has just used up its limit, so most of its next requests are refused. A caller with
 * a small limit may ask for as many decisions at once as one request takes.
 */
export async function busyCaller(at: TestStack): Promise<string> {
  const token = await newCaller(at);
  const { status } = await at.client.request('POST', 'accessDecisions', {
    json: Array.from({ length: MAX_DECISIONS }, () => ({
      device: { deviceId: 'nobody' },
      resource: 'wifi',
    })),
    headers: { authorization: `Bearer ${token}` },
  });
  expect(status).toBe(200);
  return token;
}
