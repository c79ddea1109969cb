import { toErrorReply, type ArmReply } from './armReply.ts';
import { GROUP, type RoutedRequest, type Route } from './armRequest.ts';
import { DATABASE_ACCOUNT } from './rules/cosmosRules.ts';
import { toResourceId } from './toResourceId.ts';

/** Cosmos DB accounts (learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/get). */
export const DATABASE_ROUTES: readonly Route[] = [
  {
    path: `${GROUP}/providers/Microsoft\\.DocumentDB/databaseAccounts/(?<name>[^/]+)`,
    action: `${DATABASE_ACCOUNT}/read`,
    answer: answerAccount,
  },
];

function answerAccount({ state, scope, name }: RoutedRequest): ArmReply {
  const id = toResourceId(scope, DATABASE_ACCOUNT, [name]);
  const found = state.resources.get(id);
  if (found !== undefined) return { status: 200, body: { id, name, ...found.body } };
  const message = `The Resource '${DATABASE_ACCOUNT}/${name}' was not found.`;
  return toErrorReply(404, 'ResourceNotFound', message);
}
