import { decodeJwt } from 'jose';
import { isAllowed, readPermissions, type Permission } from './readPermissions.ts';
import type { Missing, Survey } from './survey.ts';

const MANAGEMENT = 'https://management.azure.com/.default';
/** The custom role that infra/deploy/README.md defines: no built-in role has locks and nothing else. */
const LOCK_ROLE = 'Mobile Threat Defense Lock Writer';

const UNKNOWN = '{your object id}';
const ASSIGN_ROLES = 'Microsoft.Authorization/roleAssignments/write';
const LOCK = 'Microsoft.Authorization/locks/write';
const MAKE_GROUP = 'Microsoft.Resources/subscriptions/resourceGroups/write';
/** Stands for all questions of the preflight about the subscription. */
const READ_PROVIDERS = 'Microsoft.Resources/subscriptions/providers/read';

interface NeededRole {
  readonly role: string;
  readonly actions: readonly string[];
}

/** What the steps after the template ask for, beside the right to write each resource. */
const STEP_ACTIONS = [
  'Microsoft.Resources/deployments/validate/action',
  'Microsoft.Resources/deployments/whatIf/action',
  'Microsoft.Resources/deployments/write',
  'Microsoft.Resources/deploymentStacks/write',
  'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
  'Microsoft.KeyVault/vaults/secrets/read',
  'Microsoft.KeyVault/vaults/secrets/write',
  'Microsoft.Web/sites/config/list/action',
  'Microsoft.Web/sites/config/write',
  'Microsoft.Web/sites/publish/Action',
];

/** The roles that the identity lacks. Roles on a group that does not exist cannot be given, so the group comes first. */
export async function findMissingRoles(survey: Survey): Promise<readonly Missing[]> {
  const { run, subscription, hasGroup } = survey;
  const scope = hasGroup ? run.scope : subscription;
  const above = await readPermissions(survey, subscription);
  const here = hasGroup ? await readPermissions(survey, scope) : above;
  const assignee = await findAssignee(survey);
  const reader = { role: 'Reader', actions: [READ_PROVIDERS] };
  const missing = toMissing(reader, { held: above, scope: subscription, assignee });
  if (!hasGroup && !isAllowed(above, MAKE_GROUP)) return [toMissingGroup(survey), ...missing];
  const onGroup = toGroupRoles(survey).flatMap((role) =>
    toMissing(role, { held: here, scope, assignee }),
  );
  return [...onGroup, ...missing];
}

interface Held {
  readonly held: readonly Permission[];
  readonly scope: string;
  readonly assignee: string;
}

function toMissing(
  { role, actions }: NeededRole,
  { held, scope, assignee }: Held,
): readonly Missing[] {
  const lacking = actions.filter((action) => !isAllowed(held, action));
  if (lacking.length === 0) return [];
  const what = `the role \`${role}\` on ${scope}, for ${toText(lacking)}`;
  const mend = `az role assignment create --assignee ${assignee} --role '${role}' --scope ${scope}`;
  return [{ what, mend }];
}

function toMissingGroup({ run: { scope, options }, location = '{region}' }: Survey): Missing {
  const [, , subscription = '', , group = ''] = scope.split('/');
  const { location: given = location } = options;
  const what = `the resource group ${scope}, which you may not make`;
  const mend = `az group create --subscription ${subscription} --name ${group} --location ${given}; then assign your roles on it`;
  return { what, mend };
}

function toGroupRoles({ run: { stage }, resources }: Survey): readonly NeededRole[] {
  const writes = [...new Set(resources.map(({ type }) => `${type}/write`))];
  const roles = writes.filter((action) => action === ASSIGN_ROLES);
  const locks = writes.filter((action) => action === LOCK);
  const others = writes.filter((action) => !action.startsWith('Microsoft.Authorization/'));
  const denials = ['Microsoft.Resources/deploymentStacks/manageDenySetting/action'];
  return [
    { role: 'Contributor', actions: [...STEP_ACTIONS, ...others] },
    { role: 'Role Based Access Control Administrator', actions: roles },
    { role: LOCK_ROLE, actions: locks },
    { role: 'Azure Deployment Stack Owner', actions: stage.isLocked ? denials : [] },
  ];
}

/** The object id of the identity, from its token. */
async function findAssignee({ run: { credential } }: Survey): Promise<string> {
  const token = (await credential.getToken(MANAGEMENT))?.token ?? '';
  try {
    const { oid } = decodeJwt<{ readonly oid?: string }>(token);
    return oid ?? UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

function toText(actions: readonly string[]): string {
  const [first = ''] = actions;
  const others = actions.length - 1;
  return others === 0 ? first : `${first} and ${String(others)} other actions`;
}
