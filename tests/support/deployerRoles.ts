import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';
import {
  BUILT_IN_ROLES,
  type RoleAssignment,
  type RoleDefinition,
} from '../../infra/local/arm/access.ts';

const README = readFileSync(join(PROJECT_ROOT, 'infra/deploy/README.md'), 'utf8');
/** A row of the table: the role and where the deployer has it. */
const ROW = /^\| `([\w -]+)` \| the (resource group|subscription) \|/gm;
/** The body of a custom role. */
const CUSTOM = /az role definition create --role-definition '(\{[^']*\})'/g;

interface CustomRole {
  readonly Name: string;
  readonly Actions: readonly string[];
}

/** Microsoft's roles, and those that the README of deployments defines. */
function rolesByName(): ReadonlyMap<string, RoleDefinition> {
  const custom = [...README.matchAll(CUSTOM)].map(
    ([, text = '']) => JSON.parse(text) as CustomRole,
  );
  const all = [
    ...BUILT_IN_ROLES,
    ...custom.map(({ Name: roleName, Actions: actions }) => ({ roleName, actions })),
  ];
  return new Map(all.map((role) => [role.roleName, role]));
}

/** @throws TypeError if there is no such role. */
export function roleNamed(name: string): RoleDefinition {
  const role = rolesByName().get(name);
  if (role === undefined) throw new TypeError(`there is no role ${name}`);
  return role;
}

/** Exactly the roles that the README names; those on the resource group may be on the subscription instead. */
export function readmeRoles(
  subscription: string,
  group: string = subscription,
): readonly RoleAssignment[] {
  return [...README.matchAll(ROW)].map(([, name = '', place]) => ({
    role: roleNamed(name),
    scope: place === 'subscription' ? subscription : group,
  }));
}
