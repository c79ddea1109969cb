import type { Container } from '@azure/cosmos';
import { CONFIGURATION_KINDS } from '../../core/configuration/configurationDocuments.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import { queryAll } from './cosmosQueries.ts';
import { fromStoredDocument, type StoredDocument } from './storedDocument.ts';

/** Every document that an evaluation reads, as it is now; one query. */
export async function queryConfiguration(
  container: Container,
): Promise<readonly VersionedDocument[]> {
  const found = await queryAll<StoredDocument>(container, {
    query: 'SELECT * FROM c WHERE ARRAY_CONTAINS(@kinds, c.kind)',
    parameters: [{ name: '@kinds', value: [...CONFIGURATION_KINDS] }],
  });
  return found.map(fromStoredDocument);
}
