import { ConnectorError, type Problem } from '../connectorError.ts';

/** The error for a request that is not valid: `details` names each place and what is allowed there. */
export function invalidRequest(message: string, ...details: readonly Problem[]): ConnectorError {
  return new ConnectorError('invalidRequest', message, { details });
}
