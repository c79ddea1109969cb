import { ConnectorError } from '../../../base/connectorError.ts';

/**
 * Cisco ISE: the supported versions of its API for mobile device managers, in the form that Intune uses. Version 3
 * identifies devices by id and writes `Attributes` and `Compliance`. Version 2 identifies them by MAC address and
 * writes both in lower case.
 */
export type CiscoIseVersion = 2 | 3;

/** The last part of each version's `api_path`. Only the path of a query shows its version. */
export const CISCO_ISE_PATHS: Readonly<Record<CiscoIseVersion, string>> = {
  2: 'ciscoise-v2',
  3: 'ciscoise',
};

/** The version of a query's path. @throws ConnectorError `itemNotFound` for any other path. */
export function requireCiscoIseVersion(dialect: string | undefined): CiscoIseVersion {
  if (dialect === CISCO_ISE_PATHS[3]) return 3;
  if (dialect === CISCO_ISE_PATHS[2]) return 2;
  throw new ConnectorError(
    'itemNotFound',
    `the path must name the dialect \`${CISCO_ISE_PATHS[3]}\` or \`${CISCO_ISE_PATHS[2]}\``,
  );
}
