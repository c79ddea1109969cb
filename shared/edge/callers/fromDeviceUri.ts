/** The URI that Intune writes into the certificates of devices, as a subject alternative name. */
const DEVICE_URI = /^IntuneDeviceId:\/\/([A-Za-z0-9][A-Za-z0-9._-]{0,254})$/i;

/** The device id in a URI of a certificate; `undefined` if it has none. */
export function fromDeviceUri(uri: string): string | undefined {
  return DEVICE_URI.exec(uri)?.[1];
}
