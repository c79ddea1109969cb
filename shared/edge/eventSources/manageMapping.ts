import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { mustBeOneOf } from '../../base/validation/messages.ts';
import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import type { Problem } from '../../base/connectorError.ts';
import { changeConfiguration } from '../../core/configuration/changeConfiguration.ts';
import { toEntityTag } from '../../core/configuration/entityTag.ts';
import { EVENT_SOURCES } from '../../core/configuration/managedKinds.ts';
import { requireFound, updateDocument } from '../../core/configuration/readDocument.ts';
import { MAPPINGS } from '../../core/eventSources/kinds/mappings.ts';
import type { MappingTable } from '../../core/eventSources/kinds/mappingTable.ts';
import type { MappingOverrides } from '../../core/eventSources/sourceEvent.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { EventSourceKind } from '../../domain/vocabulary/eventSource.ts';
import type { Handler } from '../http/handler.ts';
import type { HttpReply } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { rejectUnknownOptions } from '../http/queryOptions.ts';
import { readJsonObject } from '../http/readBody.ts';
import { requireConfigurationRole } from '../management/requireConfigurationRole.ts';
import { unwrittenDocument } from '../management/manageDocuments.ts';
import { toChange } from '../management/toChange.ts';

type Document = VersionedDocument['document'];

/** Shows the rows of the source's kind, each with its witness, and the words of the operator in their place. */
export const showMapping: Handler = async (request, context) => {
  await requireConfigurationRole(request, context);
  rejectUnknownOptions(request, []);
  const id = request.params['id'] ?? '';
  const stored = await context.services.documents.loadDocument('eventSource', id);
  const shown = stored?.document ?? unwrittenDocument(EVENT_SOURCES, id);
  return toMappingReply(requireFound(EVENT_SOURCES, id, shown));
};

/**
 * Gives words of the vendor another meaning: `{field: {word: meaning}}`; `null` in place of a meaning restores the row.
 * It counts for the events that arrive from now on.
 */
export const changeMapping: Handler = async (request, context) => {
  const caller = await requireConfigurationRole(request, context);
  const id = request.params['id'] ?? '';
  const given = await readJsonObject(request);
  const now = context.services.now().toISOString();
  const changed = await changeConfiguration(context.services, {
    ...toChange(request, context, caller, EVENT_SOURCES),
    activity: 'update',
    documentId: id,
    apply: (before) => {
      const found = requireFound(EVENT_SOURCES, id, before);
      const mapping = withWords(found, given);
      return updateDocument(EVENT_SOURCES, found, { mapping }, { id, now });
    },
  });
  return toMappingReply(requireFound(EVENT_SOURCES, id, changed));
};

function tableOf(document: Document): MappingTable {
  return MAPPINGS[document['sourceKind'] as EventSourceKind];
}

function toMappingReply(document: Document): HttpReply {
  const { version, fields, rows } = tableOf(document);
  const overrides = document['mapping'] ?? {};
  return noStore({
    status: 200,
    headers: { etag: toEntityTag(document) },
    jsonBody: { version, fields, overrides, rows },
  });
}

/** The overrides after the change. @throws ConnectorError `invalidRequest` naming each field and what is allowed. */
function withWords(document: Document, given: JsonObject): MappingOverrides {
  const { fields } = tableOf(document);
  const before = (document['mapping'] ?? {}) as MappingOverrides;
  const problems = Object.entries(given).flatMap(([field, words]) =>
    findProblems(field, words, fields),
  );
  const [first, ...others] = problems;
  if (first !== undefined) throw invalidRequest('the mapping is not valid', first, ...others);
  const names = new Set([...Object.keys(before), ...Object.keys(given)]);
  const entries = [...names].map((field) => {
    const words = new Map<string, unknown>(Object.entries(before[field] ?? {}));
    for (const [word, meaning] of Object.entries(given[field] ?? {}))
      words.set(word.trim().toLowerCase(), meaning);
    return [field, Object.fromEntries([...words].filter(isOverride))] as const;
  });
  return Object.fromEntries(entries.filter(([, words]) => Object.keys(words).length > 0));
}

function isOverride(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function findProblems(
  field: string,
  words: unknown,
  fields: MappingTable['fields'],
): readonly Problem[] {
  const allowed = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (allowed === undefined)
    return [
      { path: `/${field}`, message: `must be one of the fields ${Object.keys(fields).join(', ')}` },
    ];
  if (!isJsonObject(words)) return [{ path: `/${field}`, message: 'must be object' }];
  return Object.entries(words).flatMap(([word, meaning]) =>
    meaning === null || allowed.some((each) => each === meaning)
      ? []
      : [{ path: `/${field}/${word}`, message: mustBeOneOf(allowed) }],
  );
}
