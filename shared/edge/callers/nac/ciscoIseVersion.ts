import { ConnectorError } from '../../../base/connectorError.ts';

/**
 * The versions of Cisco ISE's API for mobile device managers that are spoken, in Intune's manner: 3 knows devices by id
 * and says `Attributes` and `Compliance`; 2 knows them by MAC address and writes both small.
 */
export type CiscoIseVersion = 2 | 3;

/** The last part of each version's `api_path`: a query itself does not say which version it is of. */
export const CISCO_ISE_PATHS: Readonly<Record<CiscoIseVersion, string>> = {
  2: 'ciscoise-v2',
  3: 'ciscoise',
};

/** The version that a path speaks. @throws ConnectorError `itemNotFound` where it is none of ours. */
export function requireCiscoIseVersion(dialect: string | undefined): CiscoIseVersion {
  if (dialect === CISCO_ISE_PATHS[3]) return 3;
  if (dialect === CISCO_ISE_PATHS[2]) return 2;
  throw new ConnectorError(
    'itemNotFound',
    `there are two dialects, \`${CISCO_ISE_PATHS[3]}\` and \`${CISCO_ISE_PATHS[2]}\``,
  );
}
