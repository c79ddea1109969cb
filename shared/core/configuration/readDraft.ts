import type { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import type { VersionedDocument } from '../ports/configuration.ts';
import { COMPLIANCE_POLICIES } from './managedKinds.ts';
import { readDocument, requireFound, updateDocument, writableFields } from './readDocument.ts';

type Document = VersionedDocument['document'];

/** The id of a draft for a new policy. */
const DRAFT_ID = 'draft';

/**
 * The compliance policy that a draft describes: with an `id`, a change of that policy; without one, a new policy, which
 * must have assignments.
 * @throws ConnectorError `invalidRequest`, naming each invalid field; `itemNotFound`.
 */
export function readDraft(
  body: Readonly<Record<string, unknown>>,
  documents: readonly Document[],
  now: DateTime,
): Document {
  const fields = writableFields(COMPLIANCE_POLICIES, body);
  const { id } = body;
  if (typeof id === 'string') {
    const before = documents.find(
      (document) => document.kind === COMPLIANCE_POLICIES.kind && document.id === id,
    );
    requireFound(COMPLIANCE_POLICIES, id, before);
    return updateDocument(COMPLIANCE_POLICIES, before, fields, { id, now });
  }
  if (id !== undefined && id !== null) throw invalid('/id', 'must be the id of a policy');
  if (!Array.isArray(fields['assignments']) || fields['assignments'].length === 0) {
    throw invalid(
      '/assignments',
      'must not be empty: a policy without assignments applies to no device',
    );
  }
  const frame = { id: DRAFT_ID, version: 1, createdDateTime: now, modifiedDateTime: now };
  return readDocument(COMPLIANCE_POLICIES, {}, fields, frame);
}

function invalid(path: string, message: string): ConnectorError {
  return invalidRequest('the draft is not valid', { path, message });
}
