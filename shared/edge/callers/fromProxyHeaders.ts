import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import type { HttpRequest } from '../http/http.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { DeviceIdSchema } from '../../core/schemas/schemas.ts';
import { fromClientCertificate } from './fromClientCertificate.ts';
import type { AskedDevice } from '../../core/decisions/deviceIdentification.ts';

const DeviceId = Compile(Type.Object({ deviceId: DeviceIdSchema }));

const CERTIFICATE_HEADERS = ['x-forwarded-client-cert', 'x-client-certificate'];

/**
 * The device that a proxy asks for: by the client certificate that it verified, where `trustedProxies` name it, else
 * by the id in `x-device-id`; `undefined` where it names none. A certificate that proves nothing is not replaced by the
 * weaker claim beside it.
 */
export function fromProxyHeaders(
  { headers }: HttpRequest,
  proxy: string,
  trustedProxies: readonly string[],
): AskedDevice | undefined {
  const isShown = CERTIFICATE_HEADERS.some((name) => Boolean(headers.get(name)));
  if (isShown && trustedProxies.includes(proxy)) return fromClientCertificate(headers);
  const claimed = checkShape(DeviceId, { deviceId: headers.get('x-device-id') });
  return claimed.ok ? { identifiedBy: 'deviceId', value: claimed.value.deviceId } : undefined;
}
