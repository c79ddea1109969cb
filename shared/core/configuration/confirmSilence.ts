import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { VersionedDocument } from '../ports/configuration.ts';

type Document = VersionedDocument['document'];

/**
 * The silence breaker, confirmed; the same one where it is already. @throws ConnectorError `conflict` where it is not
 * open.
 */
export function confirmSilenceOf(before: Document | undefined, now: DateTime): Document {
  if (before?.['state'] === 'confirmed') return before;
  if (before?.['state'] !== 'open') {
    throw new ConnectorError(
      'conflict',
      'the silence breaker is not open: there is nothing to confirm',
    );
  }
  const { id, kind } = before;
  return { id, kind, state: 'confirmed', confirmedDateTime: now };
}
