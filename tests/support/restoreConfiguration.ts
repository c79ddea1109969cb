import { isDeepStrictEqual } from 'node:util';
import { CosmosClient } from '@azure/cosmos';
import { SAMPLE_ORGANISATION } from '../../infra/local/stack/sampleOrganisation.ts';
import type { StackDescription } from '../../infra/local/stack/startStack.ts';
import { CONFIGURATION_CONTAINER, DATABASE_NAME } from '../../shared/resources.ts';

/** The kinds of document that callers of the outer interface write; the others are the worker's own state. */
const KINDS = [
  'tenantSettings',
  'mobileThreatDefenseConnector',
  'deviceCompliancePolicy',
  'conditionalAccessPolicy',
  'threatOverride',
  'webhookEndpoint',
  'eventStream',
  'eventSource',
  'eventSourceProgress',
];

interface StoredDocument extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly kind: string;
}

/** Puts the sample organisation in place of what tests have made of it. Returns whether anything was different. */
export async function restoreConfiguration({ cosmos }: StackDescription): Promise<boolean> {
  const connectionPolicy = { enableEndpointDiscovery: false };
  const client = new CosmosClient({ ...cosmos, connectionPolicy });
  const container = client.database(DATABASE_NAME).container(CONFIGURATION_CONTAINER.id);
  const query = {
    query: 'SELECT * FROM c WHERE ARRAY_CONTAINS(@kinds, c.kind)',
    parameters: [{ name: '@kinds', value: KINDS }],
  };
  const { resources: found } = await container.items.query<StoredDocument>(query).fetchAll();
  const original: readonly StoredDocument[] = SAMPLE_ORGANISATION;
  const isSame = ({ id, kind }: StoredDocument, other: StoredDocument): boolean =>
    other.id === id && other.kind === kind;
  const added = found.filter((each) => !original.some((other) => isSame(each, other)));
  const changed = original.filter((each) => {
    const now = found.find((other) => isSame(each, other));
    return now === undefined || !isDeepStrictEqual(toContent(now), toContent(each));
  });
  for (const { id, kind } of added) await container.item(id, kind).delete();
  for (const each of changed) await container.items.upsert(each);
  client.dispose();
  return added.length + changed.length > 0;
}

/** Without the members of Cosmos DB, and without the heartbeat, which the worker writes. */
function toContent(document: StoredDocument): object {
  const isOurs = (name: string): boolean =>
    !name.startsWith('_') && name !== 'lastHeartbeatDateTime';
  return Object.fromEntries(Object.entries(document).filter(([name]) => isOurs(name)));
}
