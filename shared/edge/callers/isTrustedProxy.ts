import { isSameId } from '../../base/guid.ts';

/** Whether the settings trust `proxy` to verify certificates. An application id may be written there in any spelling. */
export function isTrustedProxy(proxy: string, trustedProxies: readonly string[]): boolean {
  return trustedProxies.some((trusted) => isSameId(trusted, proxy));
}
