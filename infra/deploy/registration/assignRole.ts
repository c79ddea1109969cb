import { GraphRefusal, type GraphClient } from './graphClient.ts';

/** A role for a person, a group or an application (learn.microsoft.com/graph/api/resources/approleassignment). */
export interface Assignment {
  /** The id of the principal's object. */
  readonly principalId: string;
  /** The id of the service principal that has the role. */
  readonly resourceId: string;
  readonly appRoleId: string;
}

/** Returns the assignments that do not exist yet. */
export async function findMissingAssignments<T extends Assignment>(
  graph: GraphClient,
  resourceId: string,
  wanted: readonly T[],
): Promise<readonly T[]> {
  const existing = await graph.list(`servicePrincipals/${resourceId}/appRoleAssignedTo`);
  const known = new Set(existing.map((each) => keyOf(each as unknown as Assignment)));
  return wanted.filter((each) => !known.has(keyOf(each)));
}

function keyOf({ principalId, appRoleId }: Assignment): string {
  return `${principalId} ${appRoleId}`.toLowerCase();
}

/**
 * Assigns the role. The list above lags up to a minute behind (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/2459),
 * so the assignment may exist (github.com/microsoftgraph/msgraph-bicep-types/issues/161).
 * @throws GraphRefusal unless the principal has the role afterwards.
 */
export async function assignRole(graph: GraphClient, assignment: Assignment): Promise<void> {
  const { principalId, resourceId, appRoleId } = assignment;
  const path = `servicePrincipals/${resourceId}/appRoleAssignedTo`;
  try {
    await graph.run('POST', path, { principalId, resourceId, appRoleId });
  } catch (error) {
    const isDuplicate = error instanceof GraphRefusal && /already exists/.test(error.reason);
    if (!isDuplicate) throw error;
  }
}
