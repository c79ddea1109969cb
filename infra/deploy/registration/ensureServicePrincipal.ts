import { GraphRefusal, type GraphClient } from './graphClient.ts';

/** The application in its tenant. Roles are assigned to principals at this object. */
export interface ServicePrincipal {
  readonly id: string;
  /** The tenant that owns the application. */
  readonly appOwnerOrganizationId: string;
  readonly isNew: boolean;
}

/** Finds the service principal of the application, or makes it. */
export async function ensureServicePrincipal(
  graph: GraphClient,
  appId: string,
): Promise<ServicePrincipal> {
  const path = `servicePrincipals(appId='${appId}')`;
  const found = await graph.run('GET', path);
  const json = found ?? (await create(graph, appId)) ?? (await graph.run('GET', path));
  if (json === undefined)
    throw new Error('Microsoft Graph does not show the service principal yet');
  const { id, appOwnerOrganizationId } = json as unknown as ServicePrincipal;
  return { id, appOwnerOrganizationId, isNew: found === undefined };
}

async function create(graph: GraphClient, appId: string): ReturnType<GraphClient['run']> {
  try {
    return await graph.run('POST', 'servicePrincipals', { appId });
  } catch (error) {
    // Another run was faster, or the read before came from a replica that lags behind.
    if (error instanceof GraphRefusal && error.status === 409) return undefined;
    throw error;
  }
}
