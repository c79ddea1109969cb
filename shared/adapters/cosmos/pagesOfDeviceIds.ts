import type { Container } from '@azure/cosmos';
import type { DateTime } from '../../base/dateTime.ts';
import { toStoreFault } from './cosmosDatabase.ts';

const PAGE_SIZE = 100;

/** The ids of the devices whose documents match `where` at `@moment`, in pages of a hundred. */
export async function* pagesOfDeviceIds(
  container: Container,
  where: string,
  moment: DateTime,
): AsyncIterable<readonly string[]> {
  const query = `SELECT VALUE c.deviceId FROM c WHERE ${where}`;
  const parameters = [{ name: '@moment', value: moment }];
  const pages = container.items.query<string>({ query, parameters }, { maxItemCount: PAGE_SIZE });
  while (pages.hasMoreResults()) {
    const page = await pages.fetchNext().catch((error: unknown) => {
      throw toStoreFault(error);
    });
    if (page.resources.length > 0) yield page.resources;
  }
}
