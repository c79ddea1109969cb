import { DEFAULT_REMEDIATION_URL, type Config } from '../../../settings/config.ts';
import type { HttpReply, HttpRequest } from '../../http/http.ts';
import { invalidOption } from '../../http/queryOptions.ts';
import { toXmlReply } from '../../http/toXmlReply.ts';
import { CISCO_ISE_PATHS, type CiscoIseVersion } from './ciscoIseVersion.ts';
import { MAX_NAC_DEVICES } from './nacQuery.ts';

const PRODUCT = 'Mobile Threat Defense connector';

/**
 * Cisco ISE: the answer when an ISE is connected. It names the highest version that both sides support, and the path of
 * its queries.
 * @throws ConnectorError `invalidRequest` if the ISE supports none of our versions.
 */
export function toCiscoIseInfo(
  { query, url }: HttpRequest,
  { remediationUrl }: Pick<Config, 'remediationUrl'>,
): HttpReply {
  const version = readVersion(query.get('ise_api_version'));
  const { pathname } = new URL(url);
  // A ticket belongs to one decision, but all users get this URL.
  const hasTicket = remediationUrl.includes('{ticket}');
  return toXmlReply([
    'ise_api',
    [
      ['name', 'mdminfo'],
      ['api_version', version],
      ['api_path', pathname.replace(/\/ciscoise\/mdminfo\/?$/i, `/${CISCO_ISE_PATHS[version]}`)],
      ['redirect_url', hasTicket ? DEFAULT_REMEDIATION_URL : remediationUrl],
      ['query_max_size', MAX_NAC_DEVICES],
      ['messaging_support', false],
      ['vendor', PRODUCT],
      ['product_name', PRODUCT],
      ['product_version', '1.0'],
    ],
  ]);
}

function readVersion(highest: string | null): CiscoIseVersion {
  if (highest === null || !/^([2-9]|[1-9]\d)$/.test(highest))
    throw invalidOption(
      'ise_api_version',
      'must be `2`, `3` or higher: the highest version that the ISE supports',
    );
  return highest === '2' ? 2 : 3;
}
