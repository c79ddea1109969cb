import { answerBatch } from './answerBatch.ts';
import {
  answerDelta,
  answerManagedDevices,
  answerTransitiveMembers,
  type GraphState,
} from './answerCollection.ts';
import { answerDevice, answerMemberGroups } from './answerDevice.ts';
import { toFaultReply, type GraphFault, type GraphFaults } from './faults.ts';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, GraphError, type GraphReply, type GraphRequest } from './graphReply.ts';

/** The number of answered requests by kind and status. */
export type RequestCounts = Record<string, number>;

export interface AnswerOptions extends GraphState {
  readonly faults: GraphFaults;
  readonly counts: RequestCounts;
  /** Closes the connection without an answer. */
  readonly drop: () => void;
}

/** Answers one request, subject to the injected faults. */
export function answerGraph(options: AnswerOptions, request: GraphRequest): GraphReply {
  const name = nameOf(request);
  const fault = options.faults.take(`${request.method} ${request.path.join('/')}`);
  if (fault?.kind === 'lost') options.drop();
  const reply = (fault && toFaultReply(fault)) ?? attempt(options, request, fault);
  const counted = `${name} ${String(reply.status)}`;
  options.counts[counted] = (options.counts[counted] ?? 0) + 1;
  return reply;
}

/** The kind of a request: its method and path without object ids. */
function nameOf({ method, path }: GraphRequest): string {
  const [first = '', second = '', third] = path;
  const isObject = third !== undefined && first !== 'deviceManagement';
  const segments = isObject ? [first, third] : [first.replace(/\(.*$/, ''), second];
  return `${method} ${segments.filter(Boolean).join('/')}`;
}

function attempt(
  options: AnswerOptions,
  request: GraphRequest,
  fault: GraphFault | undefined,
): GraphReply {
  try {
    const reply = answerPath(options, request, fault);
    if (fault?.kind === 'emptyPage') return withoutValue(options, request, reply);
    return fault?.kind === 'repeatedPage' ? withNext(reply, linkTo(options, request)) : reply;
  } catch (error) {
    if (error instanceof GraphError) return error.reply;
    throw error;
  }
}

function answerPath(
  options: AnswerOptions,
  request: GraphRequest,
  fault: GraphFault | undefined,
): GraphReply {
  const { method, path } = request;
  const [first = '', second, third] = path;
  const route = `${method} ${first}/${third ?? second ?? ''}`;
  if (/^GET (devices|groups)\/delta$/.test(route))
    return answerDelta(options, request, { isReplayed: fault?.kind === 'replayed' });
  if (route === 'GET deviceManagement/managedDevices')
    return answerManagedDevices(options, request);
  if (route === 'GET groups/transitiveMembers') return answerTransitiveMembers(options, request);
  if (/^POST (users|devices)\/checkMemberGroups$/.test(route))
    return answerMemberGroups(options.directory, request);
  if (/^(GET|PATCH) devices(\(|\/.)/.test(`${method} ${path.join('/')}`))
    return answerDevice(options.directory, request);
  if (route === 'POST $batch/') return answerBatch(request, (item) => answerGraph(options, item));
  throw badRequest(
    `Resource not found for the segment '${first}': not supported by the local server`,
  );
}

function linkTo({ endpoint }: GraphState, { path, query }: GraphRequest): string {
  return `${endpoint}/${path.join('/')}?${query.toString()}`;
}

function withoutValue(state: GraphState, request: GraphRequest, reply: GraphReply): GraphReply {
  return withNext({ ...reply, body: { value: [] } }, linkTo(state, request));
}

function withNext(reply: GraphReply, nextLink: string): GraphReply {
  if (!isJsonObject(reply.body)) return reply;
  const { '@odata.deltaLink': _, ...body } = reply.body;
  return { ...reply, body: { ...body, '@odata.nextLink': nextLink } };
}
