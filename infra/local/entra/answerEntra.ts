import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import {
  badRequest,
  GraphError,
  notFound,
  type GraphReply,
  type GraphRequest,
} from '../graph/graphReply.ts';
import {
  getServicePrincipal,
  listAssignments,
  postAssignment,
  postServicePrincipal,
} from './answerServicePrincipals.ts';
import {
  isLagging,
  type EntraState,
  type GraphPermission,
  type Principal,
  type StoredApplication,
} from './entraState.ts';
import { changeApplication, createApplication } from './writeApplication.ts';

/** A request, with its sender and the tenant. */
export interface EntraRequest extends GraphRequest {
  readonly state: EntraState;
  readonly sender: Principal;
  /** The header `Prefer`. */
  readonly prefer: string | undefined;
  /** `http://…/v1.0` */
  readonly endpoint: string;
  /** The maximum number of entries per page. */
  readonly pageSize: number;
  /** For how many requests a new object is unknown to other requests. */
  readonly lag: number;
}

interface Route {
  readonly pattern: RegExp;
  readonly permission?: GraphPermission;
  /** `key` is the part of the path that names the object. */
  readonly answer: (request: EntraRequest, key: string) => GraphReply;
}

const READ = 'Application.Read.All';
const WRITE = 'Application.ReadWrite.All';
const ASSIGN = 'AppRoleAssignment.ReadWrite.All';

/** The permissions are the least ones of each page of learn.microsoft.com/graph/api. */
const ROUTES: readonly Route[] = [
  { pattern: /^GET me$/, answer: getMe },
  { pattern: /^GET applications\(uniqueName='([^']+)'\)$/, permission: READ, answer: getByName },
  { pattern: /^GET applications\(appId='([^']+)'\)$/, permission: READ, answer: getByAppId },
  { pattern: /^PATCH applications\(uniqueName='([^']+)'\)$/, permission: WRITE, answer: upsert },
  { pattern: /^PATCH applications\/([^/]+)$/, permission: WRITE, answer: patch },
  { pattern: /^PATCH applications\(appId='([^']+)'\)$/, permission: WRITE, answer: patchByAppId },
  {
    pattern: /^GET servicePrincipals\(appId='([^']+)'\)$/,
    permission: READ,
    answer: ({ state }, key) => getServicePrincipal(state, key),
  },
  {
    pattern: /^POST servicePrincipals$/,
    permission: WRITE,
    answer: ({ state, body }) => postServicePrincipal(state, body),
  },
  {
    pattern: /^GET servicePrincipals\/([^/]+)\/appRoleAssignedTo$/,
    permission: READ,
    answer: getAssignments,
  },
  {
    pattern: /^POST servicePrincipals\/([^/]+)\/appRoleAssignedTo$/,
    permission: ASSIGN,
    answer: ({ state, body }, key) => postAssignment(state, key, body),
  },
];

/** Answers one request. @throws GraphError */
export function answerEntra(request: EntraRequest): GraphReply {
  const { method, path, sender } = request;
  const asked = `${method} ${path.join('/')}`;
  for (const { pattern, permission, answer } of ROUTES) {
    const match = pattern.exec(asked);
    if (match === null) continue;
    requirePermission(sender, permission);
    return answer(request, match[1] ?? '');
  }
  throw badRequest(
    `Resource not found for the segment '${path[0] ?? ''}': not supported by the local server`,
  );
}

function requirePermission({ permissions }: Principal, needed: GraphPermission | undefined): void {
  const isGiven = (each: GraphPermission): boolean => permissions.includes(each);
  if (needed === undefined || isGiven(needed)) return;
  if (needed === READ && isGiven(WRITE)) return;
  throw new GraphError(
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  );
}

/** Only a user has `/me` (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/4895). */
function getMe({ sender }: EntraRequest): GraphReply {
  if (sender.kind === 'User') return { status: 200, body: { id: sender.id } };
  throw new GraphError(
    400,
    'BadRequest',
    '/me request is only valid with delegated authentication flow.',
  );
}

function getByName(request: EntraRequest, name: string): GraphReply {
  return toReply(
    find(request, (each) => each.uniqueName === name),
    name,
  );
}

function getByAppId(request: EntraRequest, appId: string): GraphReply {
  return toReply(
    find(request, (each) => each.appId === appId),
    appId,
  );
}

/** Graph adds `origin` to each role that it sends, and takes none (learn.microsoft.com/graph/api/resources/approle). */
function toReply(application: StoredApplication | undefined, key: string): GraphReply {
  if (application === undefined) throw notFound(key);
  const appRoles = application.appRoles.map((role) => ({ ...role, origin: 'Application' }));
  return { status: 200, body: { ...application, appRoles } };
}

/** learn.microsoft.com/graph/api/application-upsert */
function upsert(request: EntraRequest, name: string): GraphReply {
  const { state, prefer, body, lag } = request;
  const found = find(request, (each) => each.uniqueName === name);
  if (found !== undefined) return change(request, found);
  if (prefer !== 'create-if-missing') throw notFound(name);
  const made = createApplication(state, name, isJsonObject(body) ? body : {});
  state.applications.set(made.id, made);
  state.lags.set(made.id, lag).set(made.appId, lag);
  return { ...toReply(made, name), status: 201 };
}

function patch(request: EntraRequest, id: string): GraphReply {
  const found = request.state.applications.get(id);
  if (found === undefined || isLagging(request.state, id)) throw notFound(id);
  return change(request, found);
}

/** Every request that takes an id takes `(appId='…')` too (learn.microsoft.com/graph/api/application-update). */
function patchByAppId(request: EntraRequest, appId: string): GraphReply {
  const found = find(request, (each) => each.appId === appId);
  if (found === undefined) throw notFound(appId);
  return patch(request, found.id);
}

function change({ state, body }: EntraRequest, found: StoredApplication): GraphReply {
  if (!isJsonObject(body)) throw badRequest('Unable to read JSON request payload.');
  state.applications.set(found.id, changeApplication(state, found, body));
  return { status: 204 };
}

function find(
  { state }: EntraRequest,
  isWanted: (each: StoredApplication) => boolean,
): StoredApplication | undefined {
  return [...state.applications.values()].find(isWanted);
}

function getAssignments(
  { state, query, endpoint, pageSize }: EntraRequest,
  id: string,
): GraphReply {
  return listAssignments(state, id, {
    start: Number(query.get('$skiptoken') ?? 0),
    size: pageSize,
    url: `${endpoint}/servicePrincipals/${id}/appRoleAssignedTo`,
  });
}
