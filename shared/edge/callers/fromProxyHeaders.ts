import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { checkShape } from '../../base/validation/checkShape.ts';
import { toAskedDevice, type AskedDevice } from '../../core/decisions/deviceIdentification.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import type { HttpRequest } from '../http/http.ts';
import { fromClientCertificate } from './fromClientCertificate.ts';
import { isTrustedProxy } from './isTrustedProxy.ts';

const DeviceId = Compile(Type.Object({ deviceId: DeviceIdSchema }));

const CERTIFICATE_HEADERS = ['x-forwarded-client-cert', 'x-client-certificate'];

/**
 * The device in the headers of a proxy: from the client certificate if `trustedProxies` names the proxy, otherwise from
 * `x-device-id`; `undefined` if there is none. If a trusted proxy sends a certificate that identifies no device, the
 * weaker `x-device-id` does not count.
 */
export function fromProxyHeaders(
  { headers }: HttpRequest,
  proxy: string,
  trustedProxies: readonly string[],
): AskedDevice | undefined {
  const hasCertificate = CERTIFICATE_HEADERS.some((name) => Boolean(headers.get(name)));
  if (hasCertificate && isTrustedProxy(proxy, trustedProxies))
    return fromClientCertificate(headers);
  const claimed = checkShape(DeviceId, { deviceId: headers.get('x-device-id') });
  return claimed.ok ? toAskedDevice('deviceId', claimed.value.deviceId) : undefined;
}
