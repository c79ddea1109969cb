import { ConnectorError } from '../../base/connectorError.ts';
import type { DateTime } from '../../base/dateTime.ts';
import type { VersionedDocument } from '../ports/configuration.ts';

type Document = VersionedDocument['document'];

/**
 * Returns the silence breaker as confirmed; the same document if it is confirmed already.
 * @throws ConnectorError `conflict` if the breaker is closed.
 */
export function confirmSilenceOf(before: Document | undefined, now: DateTime): Document {
  if (before?.['state'] === 'confirmed') return before;
  if (before?.['state'] !== 'open') {
    throw new ConnectorError(
      'conflict',
      'the silence breaker is not open, so there is nothing to confirm',
    );
  }
  const { id, kind } = before;
  return { id, kind, state: 'confirmed', confirmedDateTime: now };
}
