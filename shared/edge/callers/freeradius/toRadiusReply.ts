import { ConnectorError } from '../../../base/connectorError.ts';
import type { ToFaultReply } from '../../http/handler.ts';
import type { HttpReply, HttpRequest } from '../../http/http.ts';
import { toErrorReply } from '../../http/toErrorReply.ts';
import type { DecidedAccess } from '../../../core/decisions/decidedAccess.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import { fromDeviceUri } from '../fromDeviceUri.ts';

/** Twelve hex digits, with whatever the access point puts between them: `AA-BB-…`, `AA:BB:…`, `AABB.CCDD.…`. */
const MAC_SEPARATORS = /[-:.]/g;
const MAC = /^[0-9A-Fa-f]{12}$/;

/**
 * The device that FreeRADIUS asks for: by the URI of the certificate that it verified in EAP-TLS, where
 * `trustedProxies` name it, else by the MAC address. A URI that is not believed is not replaced by the weaker MAC
 * address beside it. What FreeRADIUS does not know it leaves empty.
 * @throws ConnectorError `invalidRequest` where no device is named so.
 */
export function requireRadiusDevice(
  { query }: HttpRequest,
  caller: string,
  trustedProxies: readonly string[],
): AskedDevice {
  const uri = query.get('certificateUri') ?? '';
  if (uri !== '') {
    const deviceId = trustedProxies.includes(caller) ? fromDeviceUri(uri) : undefined;
    if (deviceId !== undefined) return { identifiedBy: 'clientCertificate', value: deviceId };
    throw new ConnectorError(
      'invalidRequest',
      'the certificate names no device, or the caller is none of the trusted proxies',
    );
  }
  const mac = query.get('mac') ?? '';
  if (MAC.test(mac.replaceAll(MAC_SEPARATORS, '')))
    return { identifiedBy: 'wiFiMacAddress', value: mac };
  throw new ConnectorError('invalidRequest', 'neither a certificate nor a MAC address is named');
}

/**
 * A decision as `rlm_rest` takes it in `authorize`: 204 is `ok`, 404 `notfound`, 401 `reject`, and 200 `updated` with
 * the attributes in its body. Nothing of the device is in any of them: a value that FreeRADIUS expands could run what
 * its configuration can.
 */
export function toRadiusReply(
  { outcome, evaluation }: DecidedAccess,
  quarantineVlan: string | undefined,
): HttpReply {
  const headers = { 'cache-control': 'no-store', 'x-access-decision-id': outcome.decisionId };
  if (outcome.decision === 'allow') return { status: 204, headers };
  if (evaluation.complianceState === 'unknown') return { status: 404, headers };
  if (evaluation.isManaged && quarantineVlan !== undefined)
    return { status: 200, headers, jsonBody: toVlanAttributes(quarantineVlan) };
  return { status: 401, headers: { ...headers, 'www-authenticate': 'Bearer' } };
}

/** RFC 3580 section 3.31. */
function toVlanAttributes(vlan: string): object {
  return {
    'reply:Tunnel-Type': toAttribute('VLAN'),
    'reply:Tunnel-Medium-Type': toAttribute('IEEE-802'),
    'reply:Tunnel-Private-Group-Id': toAttribute(vlan),
  };
}

/** In the JSON of `rlm_rest`, which expands a value unless it is told not to. */
function toAttribute(value: string): object {
  return { do_xlat: false, op: ':=', value: [value] };
}

/**
 * An error as `rlm_rest` takes it. It reads the body of a 401 as attributes, so no error has a body. It maps 400 to
 * `invalid`, which a site may let pass, so that becomes a 401 too: `reject`.
 */
export const toRadiusFaultReply: ToFaultReply = (error, requestId, now) => {
  const { status, headers = {} } = toErrorReply(error, requestId, now);
  return status === 400 || status === 401
    ? { status: 401, headers: { ...headers, 'www-authenticate': 'Bearer' } }
    : { status, headers };
};
