import { invalid, readWords, type Environment } from './readSetting.ts';

/** Authenticates a caller that cannot fetch tokens. */
export interface CallerKey {
  readonly name: string;
  readonly key: string;
}

/** Two during rotation. */
const MAX_KEYS_A_CALLER = 2;

/** Reads `name=key` pairs. A key has no dot, which distinguishes it from a token. */
export function readCallerKeys(environment: Environment, name: string): readonly CallerKey[] {
  const keys = readWords(environment, name).map((pair): CallerKey => {
    const [, caller, key] = /^([A-Za-z0-9-]{1,64})=([A-Za-z0-9_-]{32,128})$/.exec(pair) ?? [];
    if (caller !== undefined && key !== undefined) return { name: caller, key };
    throw invalid(
      name,
      'pairs `name=key` separated by spaces: a name of letters, digits and hyphens, a key of 32 to 128 letters, digits, `-` and `_`',
    );
  });
  for (const caller of new Set(keys.map((each) => each.name))) {
    if (keys.filter((each) => each.name === caller).length > MAX_KEYS_A_CALLER)
      throw invalid(name, 'at most two keys for each name, during rotation');
  }
  return keys;
}
