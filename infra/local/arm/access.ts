/** A role: the actions that it allows on management requests, and its data actions (Key Vault). */
export interface RoleDefinition {
  readonly roleName: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
}

/** A role of the signed-in identity, and the scope that it reaches with all below. `/` is everything. */
export interface RoleAssignment {
  readonly role: RoleDefinition;
  readonly scope: string;
}

/** Microsoft's roles (learn.microsoft.com/azure/role-based-access-control/built-in-roles), as far as deployers have them. */
export const BUILT_IN_ROLES: readonly RoleDefinition[] = [
  { roleName: 'Owner', actions: ['*'] },
  { roleName: 'Reader', actions: ['*/read'] },
  {
    roleName: 'Contributor',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
    ],
  },
  {
    roleName: 'Role Based Access Control Administrator',
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
    ],
  },
  {
    roleName: 'User Access Administrator',
    actions: ['*/read', 'Microsoft.Authorization/*'],
  },
  {
    roleName: 'Azure Deployment Stack Owner',
    actions: ['Microsoft.Resources/deploymentStacks/*', 'Microsoft.Resources/deployments/*'],
  },
  {
    roleName: 'Key Vault Secrets User',
    actions: [],
    dataActions: [
      'Microsoft.KeyVault/vaults/secrets/getSecret/action',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  },
];

/** The assignments that reach the scope. */
export function assignmentsAt(
  assignments: readonly RoleAssignment[],
  scope: string,
): readonly RoleAssignment[] {
  const asked = `${scope.toLowerCase()}/`;
  return assignments.filter((each) =>
    asked.startsWith(`${each.scope.toLowerCase()}/`.replace('//', '/')),
  );
}

/** Whether one of the roles allows the action. What one role excludes, another may still allow. */
export function isAllowed(
  assignments: readonly RoleAssignment[],
  action: string,
  scope: string,
): boolean {
  return assignmentsAt(assignments, scope).some(({ role: { actions, notActions = [] } }) => {
    const isGiven = actions.some((pattern) => isCovered(pattern, action));
    return isGiven && !notActions.some((pattern) => isCovered(pattern, action));
  });
}

/** Whether one of the roles allows the action on data. */
export function isDataAllowed(
  assignments: readonly RoleAssignment[],
  action: string,
  scope: string,
): boolean {
  return assignmentsAt(assignments, scope).some(({ role: { dataActions = [] } }) =>
    dataActions.some((pattern) => isCovered(pattern, action)),
  );
}

function isCovered(pattern: string, action: string): boolean {
  const [head = '', ...others] = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${[head, ...others].join('.*')}$`, 'i').test(action);
}
