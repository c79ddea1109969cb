import { ConnectorError } from '../base/connectorError.ts';

/** The connection to an Azure service: a connection string locally, a name and a managed identity in Azure. */
export type Connection =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'identity'; readonly endpoint: string; readonly clientId?: string };

export type Environment = Readonly<Record<string, string | undefined>>;

export function invalid(name: string, expected: string): ConnectorError {
  return new ConnectorError('settingInvalid', `setting \`${name}\` must be ${expected}`);
}

export function readRequired(environment: Environment, name: string): string {
  const value = environment[name]?.trim();
  if (!value) throw invalid(name, 'set');
  return value;
}

/** Whether any setting of the connection is set. */
export function isConnectionSet(environment: Environment, name: string): boolean {
  return Object.entries(environment).some(
    ([each, value]) => (each === name || each.startsWith(`${name}__`)) && value?.trim(),
  );
}

/** Reads the settings that the Functions runtime itself uses for connections (identity-based ones with `__`). */
export function readConnection(
  environment: Environment,
  name: string,
  property: string,
): Connection {
  const connectionString = environment[name]?.trim();
  if (connectionString) return { kind: 'connectionString', connectionString };
  const endpoint =
    environment[`${name}__${property}`]?.trim() ?? storageEndpoint(environment, name);
  if (!endpoint) throw invalid(name, `a connection string, or \`${name}__${property}\` set`);
  const clientId = environment[`${name}__clientId`]?.trim();
  return { kind: 'identity', endpoint, ...(clientId ? { clientId } : {}) };
}

function storageEndpoint(environment: Environment, name: string): string | undefined {
  const account = environment[`${name}__accountName`]?.trim();
  return account ? `https://${account}.blob.core.windows.net` : undefined;
}

export function readUrl(environment: Environment, name: string, fallback?: string): string {
  const value = environment[name]?.trim() || fallback;
  const url = value === undefined ? null : URL.parse(value);
  const isLoopback = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost';
  if (
    value === undefined ||
    !(url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback))
  ) {
    throw invalid(name, 'an https URL, or an http URL on loopback');
  }
  return value;
}

export function readWhole(
  environment: Environment,
  name: string,
  fallback: number,
  minimum: number,
): number {
  const value = environment[name]?.trim() || String(fallback);
  const isWhole = /^\d{1,4}$/.test(value) && Number(value) >= minimum;
  if (!isWhole) throw invalid(name, `a whole number from ${String(minimum)} to 9999`);
  return Number(value);
}

export function readWords(environment: Environment, name: string): readonly string[] {
  return (environment[name]?.trim() ?? '').split(/\s+/).filter((word) => word !== '');
}
