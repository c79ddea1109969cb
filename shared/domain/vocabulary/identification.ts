/**
 * How a caller identified the device, weakest first. Today's phones use a random MAC address for each network. Anyone can
 * read a hardware number off the device and repeat it. An id is a claim, and a certificate is a proof.
 */
export const IDENTIFICATIONS = [
  'wiFiMacAddress',
  'imei',
  'udid',
  'serialNumber',
  'deviceId',
  'clientCertificate',
] as const;
export type Identification = (typeof IDENTIFICATIONS)[number];

/** A request that names only a user identifies no device, not even as one of the user's own. */
export type IdentifiedBy = Identification | 'userPrincipalName';

/** Identifications that are equally easy to forge have the same strength. */
const STRENGTH: Readonly<Record<IdentifiedBy, number>> = {
  userPrincipalName: 0,
  wiFiMacAddress: 1,
  imei: 2,
  udid: 2,
  serialNumber: 2,
  deviceId: 3,
  clientCertificate: 4,
};

export function isWeaker(identification: IdentifiedBy, than: Identification): boolean {
  return STRENGTH[identification] < STRENGTH[than];
}
