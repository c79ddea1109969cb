import { UsageError } from '../cli/command.ts';
import type { ParameterValues } from './template.ts';

/** learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, `Microsoft.DocumentDB`. */
const NAME = /^[a-z0-9-]{3,44}$/;

/** @throws UsageError if `databaseAccount` cannot be the name of a Cosmos DB account. */
export function assertDatabaseAccount({ databaseAccount }: ParameterValues): void {
  const name = databaseAccount?.value;
  if (typeof name !== 'string' || name === '' || NAME.test(name)) return;
  throw new UsageError(
    `\`databaseAccount\` must be the name of a Cosmos DB account, not \`${name}\`: 3 to 44 small letters, digits and hyphens`,
  );
}
