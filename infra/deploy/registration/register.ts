import { ROLES, type Role } from '../../../shared/core/ports/tokens.ts';
import { STAGES } from '../../azure/stageConfiguration.ts';
import { UsageError } from '../../cli/command.ts';
import type { CommandIo } from '../../cli/commandIo.ts';
import { requireEndpoint } from '../../cli/requireEndpoint.ts';
import type { DeployResult } from '../deployRun.ts';
import { SMOKE_ROLES } from '../smoke.ts';
import { assignRole, findMissingAssignments, type Assignment } from './assignRole.ts';
import {
  ensureApplication,
  repairApplication,
  type Application,
  type Wanted,
} from './ensureApplication.ts';
import { ensureServicePrincipal, type ServicePrincipal } from './ensureServicePrincipal.ts';
import { createGraphClient, GraphRefusal, type GraphClient } from './graphClient.ts';
import type { AppRole } from './manifest.ts';
import { untilReplicated } from './untilReplicated.ts';

/** The options of the command line that `register` takes. */
export interface RegisterOptions {
  readonly stage?: string | undefined;
  /** An application that was registered by hand. */
  readonly 'app-id'?: string | undefined;
  /** Object ids that get the roles; if none, the signed-in user. */
  readonly principal: readonly string[];
  /** The roles that they get; if none, those of the smoke test. */
  readonly role: readonly string[];
  readonly graph: string;
}

interface Registering {
  readonly graph: GraphClient;
  readonly io: CommandIo;
  readonly note: (text: string) => void;
}

const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Makes or repairs the app registration of the API. Each step keeps what is already there, so a repeated run continues. */
export async function register(options: RegisterOptions, io: CommandIo): Promise<DeployResult> {
  const wanted = { name: toName(options), appId: readAppId(options) };
  const roles = readRoles(options);
  const run = await open(options, io);
  const principals = await findPrincipals(run.graph, options);
  const { appId, appRoles } = await registerApplication(run, wanted);
  const servicePrincipal = await registerServicePrincipal(run, appId);
  io.printError('[4/4] role assignments');
  const wishes = toAssignments(servicePrincipal, appRoles, principals, roles);
  return toResult(appId, servicePrincipal, await assignMissing(run, servicePrincipal, wishes));
}

/** Steps 1 and 2. */
async function registerApplication(
  run: Registering,
  wanted: Wanted,
): Promise<Pick<Application, 'appId' | 'appRoles'>> {
  const { graph, io, note } = run;
  io.printError('[1/4] application');
  const { application, isNew } = await ensureApplication(graph, wanted);
  const { appId, id } = application;
  note(`${isNew ? 'made' : 'found'} ${appId}`);
  io.printError('[2/4] roles, scope and Azure CLI');
  const appRoles = await repairApplication(application, async (reason, change) => {
    note(`write ${reason}`);
    await untilReplicated(withNote(run), () => graph.run('PATCH', `applications/${id}`, change));
  });
  return { appId, appRoles };
}

async function registerServicePrincipal(
  run: Registering,
  appId: string,
): Promise<ServicePrincipal> {
  run.io.printError('[3/4] service principal');
  const found = await untilReplicated(withNote(run), () =>
    ensureServicePrincipal(run.graph, appId),
  );
  run.note(`${found.isNew ? 'made' : 'found'} ${found.id}`);
  return found;
}

/** @throws UsageError without a stage. The deployment stack has the same name. */
function toName({ stage }: RegisterOptions): string {
  if (STAGES.some((each) => each.stage === stage)) return `mobile-threat-defense-${stage ?? ''}`;
  throw new UsageError(`--stage must be ${STAGES.map((each) => each.stage).join(' or ')}`);
}

function readAppId({ 'app-id': appId, principal }: RegisterOptions): string | undefined {
  if (appId !== undefined && !ID.test(appId)) throw new UsageError('--app-id must be an id');
  if (!principal.every((each) => ID.test(each)))
    throw new UsageError('--principal must be the object id of a user, a group or an application');
  return appId?.toLowerCase();
}

function readRoles({ role }: RegisterOptions): readonly Role[] {
  const unknown = role.find((each) => !ROLES.includes(each as Role));
  if (unknown !== undefined)
    throw new UsageError(`there is no role \`${unknown}\`: --role takes ${ROLES.join(', ')}`);
  return role.length === 0 ? SMOKE_ROLES : (role as readonly Role[]);
}

async function open(options: RegisterOptions, io: CommandIo): Promise<Registering> {
  const endpoint = requireEndpoint('--graph', options.graph).replace(/\/$/, '');
  const note = (text: string): void => io.printError(`      ${text}`);
  const { fetch, pause } = io;
  const credential = await io.signIn();
  return {
    graph: createGraphClient({ endpoint, credential, fetch, pause, onWait: note }),
    io,
    note,
  };
}

function withNote({ io, note }: Registering): Parameters<typeof untilReplicated>[0] {
  return { pause: io.pause, onWait: note };
}

/** @throws UsageError if the command line names none and nobody is signed in as a user. */
async function findPrincipals(
  graph: GraphClient,
  { principal }: RegisterOptions,
): Promise<readonly string[]> {
  if (principal.length > 0) return principal;
  try {
    const me = await graph.run('GET', 'me?$select=id');
    return [String(me?.['id'])];
  } catch (error) {
    // Only a user has `/me` (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/4895).
    if (!(error instanceof GraphRefusal) || error.status !== 400) throw error;
    throw new UsageError(
      'an application is signed in: add --principal ID, which `az ad sp show --id {its appId} --query id` prints',
    );
  }
}

interface NamedAssignment extends Assignment {
  readonly role: Role;
}

/** Each role for each principal. */
function toAssignments(
  { id: resourceId }: ServicePrincipal,
  appRoles: readonly AppRole[],
  principals: readonly string[],
  roles: readonly Role[],
): readonly NamedAssignment[] {
  const idOf = new Map(appRoles.map(({ value, id }) => [value, id]));
  return principals.flatMap((principalId) =>
    roles.map((role) => ({ role, principalId, resourceId, appRoleId: idOf.get(role) ?? '' })),
  );
}

/** Returns the assignments that were missing. */
async function assignMissing(
  run: Registering,
  { id }: ServicePrincipal,
  wishes: readonly NamedAssignment[],
): Promise<readonly NamedAssignment[]> {
  const missing = await findMissingAssignments(run.graph, id, wishes);
  for (const each of missing) {
    run.note(`${each.role} to ${each.principalId}`);
    await untilReplicated(withNote(run), () => assignRole(run.graph, each));
  }
  if (missing.length === 0) run.note('unchanged');
  return missing;
}

function toResult(
  appId: string,
  { id, appOwnerOrganizationId: tenant }: ServicePrincipal,
  assigned: readonly NamedAssignment[],
): DeployResult {
  const tokenIssuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  const value = {
    appId,
    servicePrincipalId: id,
    tokenIssuer,
    tokenAudience: appId,
    assigned: assigned.map(({ role, principalId }) => ({ role, principalId })),
  };
  const lines = [
    `registered ${appId}; \`up\` needs:`,
    `  --parameters tokenIssuer=${tokenIssuer} --parameters tokenAudience=${appId}`,
    ...(assigned.length === 0
      ? []
      : ['run `az login` again: az keeps tokens without the new roles']),
  ];
  return { value, lines };
}
