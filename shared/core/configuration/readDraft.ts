import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { VersionedDocument } from '../ports/configuration.ts';
import { COMPLIANCE_POLICIES } from './managedKinds.ts';
import { readDocument, requireFound, updateDocument, writableFields } from './readDocument.ts';

type Document = VersionedDocument['document'];

/** The id of a draft that is not the change of a policy that there is. */
const DRAFT_ID = 'draft';

/**
 * The compliance policy that a draft would be: with an `id`, the policy of that id with the draft's properties in
 * place of its own; without, a new one, which has to say whom it would be assigned to.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong, `itemNotFound`.
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
      'must name somebody: a policy that is assigned to nobody changes nothing',
    );
  }
  const frame = { id: DRAFT_ID, version: 1, createdDateTime: now, modifiedDateTime: now };
  return readDocument(COMPLIANCE_POLICIES, {}, fields, frame);
}

function invalid(path: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', 'the draft is not valid', {
    details: [{ path, message }],
  });
}
