import { randomUUID } from 'node:crypto';
import type { DateTime } from '../../base/dateTime.ts';
import { changeConfiguration, type Change } from '../../core/configuration/changeConfiguration.ts';
import { toEntityTag } from '../../core/configuration/entityTag.ts';
import type { ManagedKind } from '../../core/configuration/managedKind.ts';
import {
  readDocument,
  requireFound,
  updateDocument,
  writableFields,
} from '../../core/configuration/readDocument.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { invalidOption, readPaging, toPage } from '../http/paging.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { Handler, HandlerContext } from '../http/handler.ts';
import { requireRole } from '../http/requireRole.ts';
import type { Caller, Role } from '../../core/ports/tokens.ts';
import { toActor } from '../http/toActor.ts';

type Document = VersionedDocument['document'];

const NO_STORE = { 'cache-control': 'no-store' };

/** A collection as Graph has it: `GET` a page of it, `POST` a new one. */
export function manageCollection(kind: ManagedKind): Handler {
  return async (request, context) => {
    const caller = await requireConfigurationRole(request, context);
    const now = context.services.now().toISOString();
    if (request.method === 'GET') return listDocuments(kind, request, context, now);
    const fields = writableFields(kind, await readJsonObject(request));
    const frame = { id: randomUUID(), version: 1, createdDateTime: now, modifiedDateTime: now };
    const created = await changeConfiguration(context.services, {
      ...toChange(request, context, caller, kind),
      activity: 'create',
      documentId: frame.id,
      apply: () => readDocument(kind, {}, fields, frame),
    });
    const location = `${new URL(request.url).pathname.replace(/\/$/, '')}/${frame.id}`;
    const { headers, ...answer } = toReply(kind, created, now);
    return { ...answer, status: 201, headers: { ...headers, location } };
  };
}

/**
 * One of them: `GET`, `PATCH` (a property of the body takes the place of the one that is kept, `null` takes it back to
 * its default) and `DELETE`. `idOf` names it.
 */
export function manageDocument(
  kind: ManagedKind,
  idOf: (request: HttpRequest) => string = ({ params }) => params['id'] ?? '',
): Handler {
  return async (request, context) => {
    const caller = await requireConfigurationRole(request, context);
    const now = context.services.now().toISOString();
    const documentId = idOf(request);
    if (request.method === 'GET') {
      rejectUnknownOptions(request, []);
      return toReply(kind, await findDocument(kind, documentId, context), now);
    }
    const unwritten = unwrittenDocument(kind, documentId);
    const change = {
      ...toChange(request, context, caller, kind),
      documentId,
      ...(unwritten === undefined ? {} : { unwritten }),
    };
    if (request.method === 'DELETE') {
      await changeConfiguration(context.services, {
        ...change,
        activity: 'delete',
        apply: (before) => void requireFound(kind, documentId, before),
      });
      return { status: 204, headers: NO_STORE };
    }
    const fields = writableFields(kind, await readJsonObject(request));
    const changed = await changeConfiguration(context.services, {
      ...change,
      activity: 'update',
      apply: (before) => updateDocument(kind, before, fields, { id: documentId, now }),
    });
    return toReply(kind, changed, now);
  };
}

/** Reading the configuration, or changing it, is a role of its own. */
export async function requireConfigurationRole(
  request: HttpRequest,
  { services }: HandlerContext,
  access: 'read' | 'write' = request.method === 'GET' ? 'read' : 'write',
): Promise<Caller> {
  const writer = 'Configuration.ReadWrite.All';
  const roles: readonly [Role, ...Role[]] =
    access === 'read' ? ['Configuration.Read.All', writer] : [writer];
  return requireRole(request, services.tokens, services.now(), ...roles);
}

/** What every change has of the request that asks for it. */
export function toChange(
  request: HttpRequest,
  { requestId }: HandlerContext,
  caller: Caller,
  kind: Change['kind'],
): Pick<Change, 'kind' | 'ifMatch' | 'isConfirmed' | 'actor' | 'requestId'> {
  rejectUnknownOptions(request, ['confirm']);
  const confirm = request.query.get('confirm');
  if (confirm !== null && confirm !== 'true') throw invalidOption('confirm', 'must be `true`');
  return {
    kind,
    ifMatch: request.headers.get('if-match'),
    isConfirmed: confirm === 'true',
    actor: toActor(caller),
    requestId,
  };
}

export function toReply(
  kind: ManagedKind,
  document: Document | undefined,
  now: DateTime,
): HttpReply {
  if (document === undefined) return { status: 204, headers: NO_STORE };
  return {
    status: 200,
    headers: { ...NO_STORE, etag: toEntityTag(document) },
    jsonBody: toBody(kind, document, now),
  };
}

function toBody(kind: ManagedKind, document: Document, now: DateTime): object {
  const shown = Object.entries({ ...kind.defaults, ...document }).filter(
    ([name]) => name !== 'kind' && !name.startsWith('_'),
  );
  return {
    '@odata.etag': toEntityTag(document),
    ...Object.fromEntries(shown),
    ...kind.derive?.({ ...kind.defaults, ...document }, now),
  };
}

async function listDocuments(
  kind: ManagedKind,
  request: HttpRequest,
  { services }: HandlerContext,
  now: DateTime,
): Promise<HttpReply> {
  rejectUnknownOptions(request, ['$top', '$skiptoken']);
  const { top, continuation = '' } = readPaging(request);
  const waiting = (await services.documents.listDocuments())
    .map(({ document }) => document)
    .filter((document) => document.kind === kind.kind && document.id > continuation)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const page = waiting.slice(0, top);
  const next = waiting.length > top ? page.at(-1)?.id : undefined;
  const value = page.map((document) => toBody(kind, document, now));
  return { status: 200, headers: NO_STORE, jsonBody: toPage(request, value, next) };
}

async function findDocument(
  kind: ManagedKind,
  id: string,
  { services }: HandlerContext,
): Promise<Document> {
  const all = await services.documents.listDocuments();
  const found = all.find(({ document }) => document.kind === kind.kind && document.id === id);
  if (found !== undefined) return found.document;
  return requireFound(kind, id, unwrittenDocument(kind, id));
}

/** What is read where nobody has said anything yet. */
function unwrittenDocument(kind: ManagedKind, id: string): Document | undefined {
  const blank = kind.isReadBlank === true ? kind.blank?.(id) : undefined;
  return blank && { ...blank, id, kind: kind.kind };
}

/** Of OData's query options those that are served here; the others are refused, not ignored. */
export function rejectUnknownOptions({ url }: HttpRequest, allowed: readonly string[]): void {
  const names = [...new URL(url).searchParams.keys()];
  for (const [at, name] of names.entries()) {
    if (names.indexOf(name) !== at) throw invalidOption(name, 'must not be said twice');
    if (allowed.includes(name) || !(name.startsWith('$') || name === 'confirm')) continue;
    const served = allowed.map((each) => `\`${each}\``).join(', ');
    throw invalidOption(name, `is not served here${served === '' ? '' : `, only ${served}`}`);
  }
}
