import type { ServiceOptions } from '../../cli/sendUntilAnswered.ts';
import { GraphRefusal } from './graphClient.ts';

const MAX_TRIES = 24;
const DELAY_IN_MILLISECONDS = 5000;

/**
 * What Graph answers about an object that it made seconds ago and that has not reached all its replicas. Each is
 * repeated for two minutes, since it also means what it says.
 */
const SIGNS: readonly RegExp[] = [
  // A new application: github.com/openshift/openshift-azure/issues/1534
  /does not reference a valid application object/,
  // The same, to an identity that owns the application: github.com/hashicorp/terraform-provider-azuread/issues/992
  /backing application of the service principal being created must/,
  // Any new object: learn.microsoft.com/graph/resolve-auth-errors
  /Request_ResourceNotFound/,
  // A new role, at its service principal
  /Permission being assigned was not found/,
  // A new scope: github.com/microsoft/teams-sdk/pull/2792
  /Permission Id that cannot be found/,
  // A new principal: github.com/microsoftgraph/msgraph-bicep-types/issues/193
  /Not a valid reference update/,
];

/** Repeats the work while Graph has not replicated what it needs. @throws GraphRefusal as before after two minutes. */
export async function untilReplicated<T>(
  { pause, onWait }: Pick<ServiceOptions, 'pause' | 'onWait'>,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === MAX_TRIES || !isLag(error)) throw error;
      onWait(`not everywhere in Entra yet, next try in ${String(DELAY_IN_MILLISECONDS / 1000)} s`);
      await pause(DELAY_IN_MILLISECONDS);
    }
  }
}

function isLag(error: unknown): boolean {
  return error instanceof GraphRefusal && SIGNS.some((sign) => sign.test(error.reason));
}
