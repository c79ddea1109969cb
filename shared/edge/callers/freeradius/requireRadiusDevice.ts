import { isMacAddress } from '../../../base/macAddress.ts';
import { invalidRequest } from '../../../base/validation/invalidRequest.ts';
import { toAskedDevice, type AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import type { HttpRequest } from '../../http/http.ts';
import { fromDeviceUri } from '../fromDeviceUri.ts';
import { isTrustedProxy } from '../isTrustedProxy.ts';

/**
 * The device in a request of FreeRADIUS: from the URI of the certificate that FreeRADIUS verified in EAP-TLS if
 * `trustedProxies` names the caller, otherwise from the MAC address. If a URI is sent that cannot be trusted, the
 * weaker MAC address does not count. FreeRADIUS leaves a parameter empty if it has no value.
 * @throws ConnectorError `invalidRequest` if no device is named.
 */
export function requireRadiusDevice(
  { query }: HttpRequest,
  caller: string,
  trustedProxies: readonly string[],
): AskedDevice {
  const uri = query.get('certificateUri') ?? '';
  if (uri !== '') {
    const deviceId = isTrustedProxy(caller, trustedProxies) ? fromDeviceUri(uri) : undefined;
    if (deviceId !== undefined) return toAskedDevice('clientCertificate', deviceId);
    throw invalidRequest('the certificate names no device, or the caller is not a trusted proxy');
  }
  const mac = query.get('mac') ?? '';
  if (isMacAddress(mac)) return { identifiedBy: 'wiFiMacAddress', value: mac };
  throw invalidRequest('the request names neither a certificate nor a MAC address');
}
