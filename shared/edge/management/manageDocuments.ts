import { randomUUID } from 'node:crypto';
import type { DateTime } from '../../base/dateTime.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { changeConfiguration } from '../../core/configuration/changeConfiguration.ts';
import { toEntityTag } from '../../core/configuration/entityTag.ts';
import type { ManagedKind } from '../../core/configuration/managedKind.ts';
import {
  readDocument,
  requireFound,
  updateDocument,
  writableFields,
} from '../../core/configuration/readDocument.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import { costOfPage } from '../http/costOfPage.ts';
import type { Handler, HandlerContext } from '../http/handler.ts';
import type { HttpReply, HttpRequest } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { PAGING_OPTIONS, readPaging, toPage } from '../http/paging.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readJsonObject } from '../http/readBody.ts';
import { requireConfigurationRole } from './requireConfigurationRole.ts';
import { toChange } from './toChange.ts';

type Document = VersionedDocument['document'];

/** A collection that callers can only list. */
export function listManaged(kind: ManagedKind): Handler {
  return (request, context) => listDocuments(kind, request, context);
}

/** A collection as Graph has it: `GET` lists a page of documents, `POST` creates one. */
export function manageCollection(kind: ManagedKind): {
  readonly GET: Handler;
  readonly POST: Handler;
} {
  return {
    GET: (request, context) => listDocuments(kind, request, context),
    POST: (request, context) => createDocument(kind, request, context),
  };
}

/**
 * One document: `GET`, `PATCH` (each property in the body replaces the stored one; `null` restores its default) and
 * `DELETE`. `idOf` names the document.
 */
export function manageDocument(
  kind: ManagedKind,
  idOf: (request: HttpRequest) => string = ({ params }) => params['id'] ?? '',
): { readonly GET: Handler; readonly PATCH: Handler; readonly DELETE: Handler } {
  return {
    GET: (request, context) => showDocument(kind, idOf(request), request, context),
    PATCH: (request, context) => patchDocument(kind, idOf(request), request, context),
    DELETE: (request, context) => deleteDocument(kind, idOf(request), request, context),
  };
}

async function listDocuments(
  kind: ManagedKind,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context, { cost: costOfPage(request) });
  const { services } = context;
  const now = services.now().toISOString();
  rejectUnknownOptions(request, PAGING_OPTIONS);
  const { top, continuation = '' } = readPaging(request, services.config);
  const stored = (await services.documents.listDocuments())
    .map(({ document }) => document)
    .filter((document) => document.kind === kind.kind);
  const blanks = (kind.listedBlanks ?? [])
    .filter((id) => stored.every((document) => document.id !== id))
    .flatMap((id) => unwrittenDocument(kind, id) ?? []);
  const remaining = [...stored, ...blanks]
    .filter(({ id }) => id > continuation)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const page = remaining.slice(0, top);
  const next = remaining.length > top ? page.at(-1)?.id : undefined;
  const value = page.map((document) => toBody(kind, document, now));
  return noStore({ status: 200, jsonBody: toPage(request, services.config, value, next) });
}

async function createDocument(
  kind: ManagedKind,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  const now = context.services.now().toISOString();
  const body = await readJsonObject(request);
  const fields = writableFields(kind, body);
  const frame = { id: newId(kind, body), version: 1, createdDateTime: now, modifiedDateTime: now };
  const created = await changeConfiguration(context.services, {
    ...toChange(request, context, caller, kind),
    activity: 'create',
    documentId: frame.id,
    apply: (before) => {
      if (before !== undefined || unwrittenDocument(kind, frame.id) !== undefined)
        throw new ConnectorError('conflict', `there is a ${kind.noun} \`${frame.id}\` already`);
      return readDocument(kind, {}, fields, frame);
    },
  });
  const location = `${new URL(request.url).pathname.replace(/\/$/, '')}/${frame.id}`;
  const { headers, ...reply } = toReply(kind, created, now);
  return { ...reply, status: 201, headers: { ...headers, location } };
}

function newId({ ownIds, noun }: ManagedKind, body: Readonly<Record<string, unknown>>): string {
  if (ownIds === undefined) return randomUUID();
  const { id } = body;
  if (typeof id === 'string' && ownIds.test(id)) return id;
  const message = `must match \`${ownIds.source}\``;
  throw invalidRequest(`invalid ${noun}: \`details\` lists each problem`, { path: '/id', message });
}

async function showDocument(
  kind: ManagedKind,
  id: string,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  await requireConfigurationRole(request, context);
  const now = context.services.now().toISOString();
  rejectUnknownOptions(request, []);
  return toReply(kind, await findDocument(kind, id, context), now);
}

async function patchDocument(
  kind: ManagedKind,
  id: string,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  const now = context.services.now().toISOString();
  const change = toChange(request, context, caller, kind);
  const fields = writableFields(kind, await readJsonObject(request));
  const changed = await changeConfiguration(context.services, {
    ...change,
    ...defined({ unwritten: unwrittenDocument(kind, id) }),
    activity: 'update',
    documentId: id,
    apply: (before) => updateDocument(kind, before, fields, { id, now }),
  });
  return toReply(kind, changed, now);
}

async function deleteDocument(
  kind: ManagedKind,
  id: string,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireConfigurationRole(request, context);
  await changeConfiguration(context.services, {
    ...toChange(request, context, caller, kind),
    ...defined({ unwritten: unwrittenDocument(kind, id) }),
    activity: 'delete',
    documentId: id,
    apply: (before) => void requireFound(kind, id, before),
  });
  return noStore({ status: 204 });
}

/** The reply with the document as readers see it. */
function toReply(kind: ManagedKind, document: Document | undefined, now: DateTime): HttpReply {
  if (document === undefined) return noStore({ status: 204 });
  return noStore({
    status: 200,
    headers: { etag: toEntityTag(document) },
    jsonBody: toBody(kind, document, now),
  });
}

function toBody(kind: ManagedKind, document: Document, now: DateTime): object {
  const shown = Object.entries({ ...kind.defaults, ...document }).filter(
    ([name]) => name !== 'kind',
  );
  return {
    '@odata.etag': toEntityTag(document),
    ...Object.fromEntries(shown),
    ...kind.derive?.({ ...kind.defaults, ...document }, now),
  };
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

/** The document that readers see before anybody has written one. */
export function unwrittenDocument(kind: ManagedKind, id: string): Document | undefined {
  const blank = kind.isReadBlank === true ? kind.blank?.(id) : undefined;
  return blank && { ...blank, id, kind: kind.kind };
}
