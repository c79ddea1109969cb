import type { Container } from '@azure/cosmos';
import { CONFIGURATION_KINDS } from '../../core/configuration/configurationDocuments.ts';
import type { VersionedDocument } from '../../core/ports/configuration.ts';
import { callCosmos } from './cosmosDatabase.ts';

/** Every document that an evaluation reads, as it is now; one query. */
export async function queryConfiguration(
  container: Container,
): Promise<readonly (VersionedDocument['document'] & { readonly _etag: string })[]> {
  const answer = await callCosmos(() =>
    container.items
      .query<VersionedDocument['document'] & { readonly _etag: string }>({
        query: 'SELECT * FROM c WHERE ARRAY_CONTAINS(@kinds, c.kind)',
        parameters: [{ name: '@kinds', value: [...CONFIGURATION_KINDS] }],
      })
      .fetchAll(),
  );
  return typeof answer === 'number' ? [] : answer.resources;
}
