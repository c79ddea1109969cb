import type { Directory } from './directory.ts';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, notFound, type GraphReply, type GraphRequest } from './graphReply.ts';
import { fromStateTokenText, toStateTokenText, type StateToken } from './stateToken.ts';

/** The state of a server, from which it answers requests. */
export interface GraphState {
  readonly directory: Directory;
  /** `http://…/v1.0` */
  readonly endpoint: string;
  /** The maximum number of objects per page. */
  readonly pageSize: number;
  readonly clock: () => number;
  /** Changes when every client must start a new synchronisation. */
  readonly generation: number;
}

/** Whether the round repeats the changes of the previous round. */
export interface DeltaOptions {
  readonly isReplayed: boolean;
}

/**
 * `GET devices/delta`, `GET groups/delta`: the changes since the token, in pages. Without a token it returns
 * everything; with the token `latest` it returns only the next token. (learn.microsoft.com/graph/delta-query-overview)
 */
export function answerDelta(
  state: GraphState,
  request: GraphRequest,
  options: DeltaOptions,
): GraphReply {
  const collection = request.path[0] ?? '';
  const token = readToken(state, request, collection);
  const since = options.isReplayed ? token.before : token.since;
  const changes =
    collection === 'groups' ? groupChanges(state, since) : deviceChanges(state, token, since);
  const page = changes.slice(0, state.pageSize);
  const isLast = page.length === changes.length;
  const last = page.at(-1)?.at ?? since;
  const next: StateToken = isLast
    ? { ...token, since: last, before: token.since, isInitial: false }
    : { ...token, since: last };
  const name = isLast ? '@odata.deltaLink' : '@odata.nextLink';
  const parameter = isLast ? '$deltatoken' : '$skiptoken';
  const link = `${state.endpoint}/${collection}/delta?${parameter}=${toStateTokenText({ ...next, issuedAt: state.clock() })}`;
  return {
    status: 200,
    body: {
      '@odata.context': `${state.endpoint}/$metadata#${collection}`,
      value: page.map(({ value }) => value),
      [name]: link,
    },
  };
}

interface Change {
  readonly at: number;
  readonly value: JsonObject;
}

function readToken(state: GraphState, { query }: GraphRequest, collection: string): StateToken {
  const text = parameterOf(query, '$skiptoken') ?? parameterOf(query, '$deltatoken');
  if (text !== undefined && text !== '' && text !== 'latest') {
    return fromStateTokenText(
      text,
      state.clock(),
      state.generation,
      (name) => `${state.endpoint}/${name}/delta?$deltatoken=`,
    );
  }
  const select = parameterOf(query, '$select')?.split(',') ?? [];
  const since = text === 'latest' ? state.directory.lastChange() : 0;
  const common = { collection, select, issuedAt: state.clock(), generation: state.generation };
  return { ...common, since, before: since, isInitial: text !== 'latest' };
}

function deviceChanges(
  { directory }: GraphState,
  { select, isInitial }: StateToken,
  since: number,
): readonly Change[] {
  return directory.devices.changesAfter(since, select).flatMap(({ at, id, properties }) => {
    if (properties !== undefined) return [{ at, value: pick(properties, select) }];
    return isInitial ? [] : [{ at, value: { id, '@removed': { reason: 'deleted' } } }];
  });
}

function groupChanges({ directory }: GraphState, since: number): readonly Change[] {
  return directory
    .groupIds()
    .flatMap((id) => {
      const members = directory.memberChanges(id, since);
      if (members.length === 0) return [];
      const value = {
        id,
        'members@delta': members.map(({ type, id: member, isRemoved }) => ({
          '@odata.type': `#microsoft.graph.${type}`,
          id: member,
          ...(isRemoved ? { '@removed': { reason: 'deleted' } } : {}),
        })),
      };
      return [{ at: Math.max(...members.map(({ at }) => at)), value }];
    })
    .toSorted((left, right) => left.at - right.at);
}

const MAX_TOP = 1000;

/** `GET deviceManagement/managedDevices`: pages; `$select`, `$top`, and `$filter` by `azureADDeviceId eq`. */
export function answerManagedDevices(state: GraphState, { query }: GraphRequest): GraphReply {
  const deviceId = readFilter(parameterOf(query, '$filter'));
  const { managedDevices } = state.directory;
  const found = deviceId === undefined ? managedDevices.list() : managedDevices.find(deviceId);
  return toListPage(state, 'deviceManagement/managedDevices', query, found);
}

/** `GET groups/{id}/transitiveMembers`. */
export function answerTransitiveMembers(
  state: GraphState,
  { path, query }: GraphRequest,
): GraphReply {
  const groupId = path[1] ?? '';
  const members = state.directory.transitiveMembers(groupId);
  if (members === undefined) throw notFound(groupId);
  const ordered = [...members].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const found = ordered.map(([id, type]) => ({
    ...(type === 'device' ? state.directory.devices.get(id) : {}),
    '@odata.type': `#microsoft.graph.${type}`,
    id,
  }));
  return toListPage(state, path.join('/'), query, found);
}

function toListPage(
  state: GraphState,
  path: string,
  query: URLSearchParams,
  found: readonly JsonObject[],
): GraphReply {
  const select = parameterOf(query, '$select')?.split(',') ?? [];
  const top = Math.min(Number(parameterOf(query, '$top') ?? MAX_TOP), state.pageSize);
  const after = parameterOf(query, '$skiptoken') ?? '';
  const left = found.filter(({ id }) => String(id) > after);
  const page = left.slice(0, top);
  const rest = new URLSearchParams(query);
  rest.set('$skiptoken', String(page.at(-1)?.['id']));
  return {
    status: 200,
    body: {
      '@odata.context': `${state.endpoint}/$metadata#${path}`,
      value: page.map((each) => pick(each, select)),
      ...(page.length < left.length
        ? { '@odata.nextLink': `${state.endpoint}/${path}?${rest.toString()}` }
        : {}),
    },
  };
}

function readFilter(filter: string | undefined): string | undefined {
  if (filter === undefined) return undefined;
  const value = /^azureADDeviceId eq '([^']*)'$/.exec(filter)?.[1];
  if (value === undefined) throw badRequest(`Invalid filter clause: ${filter}`);
  return value;
}

/** The value of a query option, whose name is matched in any letter case. */
function parameterOf(query: URLSearchParams, name: string): string | undefined {
  return [...query].find(([key]) => key.toLowerCase() === name)?.[1];
}

function pick(properties: JsonObject, select: readonly string[]): JsonObject {
  if (select.length === 0) return properties;
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([name]) => name === 'id' || name.startsWith('@') || select.includes(name),
    ),
  );
}
