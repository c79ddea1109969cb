/** Intune writes it into the certificates that it gives to devices: a URI among the subject alternative names. */
const DEVICE_URI = /^IntuneDeviceId:\/\/([A-Za-z0-9][A-Za-z0-9._-]{0,254})$/i;

/** The id of the device that a URI of its certificate names; `undefined` where it names none. */
export function fromDeviceUri(uri: string): string | undefined {
  return DEVICE_URI.exec(uri)?.[1];
}
