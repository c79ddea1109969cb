import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createJwtVerifier,
  type JwtVerifierOptions,
} from '../../../../shared/adapters/tokens/jwtVerifier.ts';
import type { SignedTokens } from '../../../../shared/core/ports/tokens.ts';
import { createSigner } from '../../../support/createSigner.ts';
import { WRONG_AUDIENCE, WRONG_TOKENS, type Signer } from '../../../support/wrongTokens.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCES = ['api://connector', 'api://connector-before'];
const END_IN_SECONDS = Date.parse('2100-01-01T00:00:00Z') / 1000;
const NOW = new Date('2026-01-31T12:00:00Z');
const beforeEnd = (seconds: number): Date => new Date((END_IN_SECONDS - seconds) * 1000);

let signer: Signer;
let keys: JWTVerifyGetKey;
beforeAll(async () => {
  signer = await createSigner({ iss: ISSUER, aud: AUDIENCES, exp: END_IN_SECONDS });
  keys = createLocalJWKSet({ keys: [await signer.publicKey()] });
});

const subjectOf = ({ sub }: JWTPayload): string => sub ?? 'no subject';

const verifier = (changes: Partial<JwtVerifierOptions<string>> = {}): SignedTokens<string> =>
  createJwtVerifier({
    issuer: ISSUER,
    audiences: AUDIENCES,
    findKeys: () => Promise.resolve(keys),
    read: subjectOf,
    ...changes,
  });

/** A verifier that records each read of claims, so each verification that was not cached. */
function countingVerifier(): { readonly tokens: SignedTokens<string>; readonly reads: string[] } {
  const reads: string[] = [];
  const read = (claims: JWTPayload): string => {
    reads.push(subjectOf(claims));
    return subjectOf(claims);
  };
  return { tokens: verifier({ read }), reads };
}

describe('a token', () => {
  it.each(AUDIENCES)('that is valid is accepted and read, for the audience %s', async (aud) => {
    const token = await signer.sign({ sub: 'ada', aud });
    expect(await verifier().verify(token, NOW)).toBe('ada');
  });

  it.each([...WRONG_TOKENS, WRONG_AUDIENCE])(
    '%s is rejected as unauthenticated',
    async (_, make) => {
      const refusal = await verifier()
        .verify(await make(signer), new Date())
        .catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'unauthenticated',
        message: 'the bearer token is not valid',
        cause: expect.any(errors.JOSEError),
      });
    },
  );

  it('may have any audience if none is configured', async () => {
    const tokens = createJwtVerifier({
      issuer: ISSUER,
      findKeys: () => Promise.resolve(keys),
      read: subjectOf,
    });
    const token = await signer.sign({ sub: 'ada', aud: 'any' });
    expect(await tokens.verify(token, NOW)).toBe('ada');
  });

  it('is accepted for less than a minute after its expiry, new or cached', async () => {
    const token = await signer.sign({ sub: 'ada' });
    const { tokens, reads } = countingVerifier();
    expect(await tokens.verify(token, beforeEnd(-59))).toBe('ada');
    expect(await tokens.verify(token, beforeEnd(-59))).toBe('ada');
    expect(reads).toEqual(['ada']);
    for (const each of [tokens, verifier()]) {
      await expect(each.verify(token, beforeEnd(-60))).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    }
  });
});

describe('a verified token', () => {
  const names = Array.from({ length: 1001 }, (_, at) => `user-${String(at)}`);
  let all: readonly string[] = [];
  beforeAll(async () => {
    all = await Promise.all(names.map((sub) => signer.sign({ sub })));
  });

  it('is cached by the whole token', async () => {
    const { tokens, reads } = countingVerifier();
    const ada = await signer.sign({ sub: 'ada' });
    const bob = await signer.sign({ sub: 'bob' });
    const answers: string[] = [];
    for (const token of [ada, bob, ada, bob]) answers.push(await tokens.verify(token, NOW));
    expect(answers).toEqual(['ada', 'bob', 'ada', 'bob']);
    expect(reads).toEqual(['ada', 'bob']);
  });

  it('is cached among the last thousand', async () => {
    const { tokens, reads } = countingVerifier();
    const verifyAt = (at: number): Promise<string> => tokens.verify(all[at] ?? '', NOW);
    for (const at of names.keys()) await verifyAt(at);
    expect(reads).toEqual(names);
    for (const at of [1, 1000, 0]) expect(await verifyAt(at)).toBe(names[at]);
    expect(reads).toEqual([...names, names[0]]);
  });

  it('leaves the cache once it has expired', async () => {
    const exp = Math.floor(NOW.getTime() / 1000) + 600;
    const over = new Date((exp + 60) * 1000);
    const brief = await signer.sign({ sub: 'brief', exp });
    const [oldest = '', newest = '', ...others] = all.slice(0, 1000);
    const { tokens, reads } = countingVerifier();
    for (const token of [oldest, brief, ...others]) await tokens.verify(token, NOW);
    await expect(tokens.verify(brief, over)).rejects.toMatchObject({ code: 'unauthenticated' });
    await tokens.verify(newest, over);
    const before = reads.length;
    expect(await tokens.verify(oldest, over)).toBe(names[0]);
    expect(reads).toHaveLength(before);
  });
});

describe('the keys of the issuer', () => {
  it('are fetched once', async () => {
    let fetches = 0;
    const tokens = verifier({
      findKeys: () => {
        fetches += 1;
        return Promise.resolve(keys);
      },
    });
    expect(fetches).toBe(0);
    for (const sub of ['ada', 'bob']) await tokens.verify(await signer.sign({ sub }), NOW);
    expect(fetches).toBe(1);
  });

  it('are fetched again after a failure', async () => {
    const fault = new TypeError('no route');
    let isReachable = false;
    const tokens = verifier({
      findKeys: () => (isReachable ? Promise.resolve(keys) : Promise.reject(fault)),
    });
    const token = await signer.sign({ sub: 'ada' });
    await expect(tokens.verify(token, NOW)).rejects.toMatchObject({
      code: 'serviceNotAvailable',
      message: "the issuer's keys cannot be fetched",
      cause: fault,
    });
    isReachable = true;
    expect(await tokens.verify(token, NOW)).toBe('ada');
  });

  it.each([
    ['time out', new errors.JWKSTimeout()],
    ['are invalid', new errors.JWKSInvalid()],
    ['come with another status than 200', new errors.JOSEError('Expected 200 OK')],
  ])('that %s make the service unavailable', async (_, fault) => {
    const tokens = verifier({ findKeys: () => Promise.resolve(() => Promise.reject(fault)) });
    await expect(tokens.verify(await signer.sign({}), NOW)).rejects.toMatchObject({
      code: 'serviceNotAvailable',
      cause: fault,
    });
  });
});
