import type { TokenCredential } from '@azure/identity';
import { expect, it } from 'vitest';
import { rememberTokens } from '../../../../infra/deploy/rememberTokens.ts';

/** Gives a new token each time. */
function credentialUntil(expiresOnTimestamp: number): TokenCredential {
  let count = 0;
  return {
    getToken(scopes) {
      count += 1;
      return Promise.resolve({ token: `${String(scopes)} ${String(count)}`, expiresOnTimestamp });
    },
  };
}

it('asks once for each scope', async () => {
  const credential = rememberTokens(credentialUntil(Number.MAX_SAFE_INTEGER));
  const tokens = [];
  for (const scope of ['a', 'b', 'a', 'b']) tokens.push((await credential.getToken(scope))?.token);
  expect(tokens).toEqual(['a 1', 'b 2', 'a 1', 'b 2']);
});

it('asks again for a token that is about to expire', async () => {
  const credential = rememberTokens(credentialUntil(0));
  expect((await credential.getToken('a'))?.token).toBe('a 1');
  expect((await credential.getToken('a'))?.token).toBe('a 2');
});
