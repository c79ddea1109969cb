import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';

/** The URI that Intune writes into the certificates of devices, as a subject alternative name. */
const DEVICE_URI = /^IntuneDeviceId:\/\/([A-Za-z0-9][A-Za-z0-9._-]{0,254}|\{[0-9A-Fa-f-]{36}\})$/i;

/** The device id in a URI of a certificate; `undefined` if it has none. */
export function fromDeviceUri(uri: string): string | undefined {
  const deviceId = DEVICE_URI.exec(uri)?.[1];
  return deviceId === undefined ? undefined : toDeviceId(deviceId);
}
