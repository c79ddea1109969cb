import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { APP_ROLES, APPLICATION, toIdentifierUri, type AppRole } from './manifest.ts';
import type { GraphClient } from './graphClient.ts';
import { mergeApi, type ApiSettings } from './mergeApi.ts';
import { mergeRoles } from './mergeRoles.ts';

/** An application object of the tenant. */
export interface Application {
  /** The id of the object. */
  readonly id: string;
  /** The id that tokens name. */
  readonly appId: string;
  readonly identifierUris: readonly string[];
  readonly appRoles: readonly AppRole[];
  readonly api: ApiSettings;
}

/** The registration to make or to repair. */
export interface Wanted {
  /** The name of a new one, and the key by which it is found again. */
  readonly name: string;
  /** An existing one that was registered by hand. */
  readonly appId: string | undefined;
}

/** Sends what is missing in the application; `send` gets each change with its reason. */
export type Send = (reason: string, change: object) => Promise<void>;

/** Finds the application, or makes it with all that needs no later step. @throws Error if there is none with this appId. */
export async function ensureApplication(
  graph: GraphClient,
  { name, appId }: Wanted,
): Promise<{ readonly application: Application; readonly isNew: boolean }> {
  // INVARIANT: `uniqueName` is an alternate key of the tenant, so two runs at once make one application.
  const path = `applications(${appId === undefined ? 'uniqueName' : 'appId'}='${appId ?? name}')`;
  const found = await graph.run('GET', path);
  if (found !== undefined) return { application: toApplication(found), isNew: false };
  if (appId !== undefined) throw new Error(`the tenant has no application \`${appId}\``);
  const made = await graph.run('PATCH', path, { ...APPLICATION, displayName: name });
  const application = made ?? (await graph.run('GET', path));
  if (application === undefined) throw new Error(`Microsoft Graph does not show \`${name}\` yet`);
  return { application: toApplication(application), isNew: true };
}

/** Adds what the application lacks; what others added stays. Returns the roles that it has then. */
export async function repairApplication(
  { appId, identifierUris, appRoles, api }: Application,
  send: Send,
): Promise<readonly AppRole[]> {
  const uri = toIdentifierUri(appId);
  if (!identifierUris.includes(uri))
    await send(`Application ID URI ${uri}`, { identifierUris: [...identifierUris, uri] });
  const states = mergeRoles(appRoles, APP_ROLES);
  for (const roles of states) await send('roles', { appRoles: roles });
  for (const settings of mergeApi(api))
    await send('token version, scope and Azure CLI', { api: settings });
  return states.at(-1) ?? appRoles;
}

/** Graph sends every property, also an empty one. */
function toApplication(json: JsonObject): Application {
  const { id, appId, identifierUris, appRoles, api } = json as unknown as Application;
  return { id, appId, identifierUris, appRoles: appRoles.map(toWritable), api };
}

/** Without `origin`, which Graph sends but does not take (learn.microsoft.com/graph/api/resources/approle). */
function toWritable(role: AppRole & { readonly origin?: string }): AppRole {
  const { origin: _, ...writable } = role;
  return writable;
}
