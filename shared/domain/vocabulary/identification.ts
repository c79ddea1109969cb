/**
 * By what a caller knew the device, weakest first. A MAC address is made up anew for each network by today's phones,
 * the numbers of the hardware can be read off and repeated by anybody, an id is a claim, and a certificate is a proof.
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

/** Who asks by a user alone names no device: which of theirs it is, and whether it is one of them, is not known. */
export type IdentifiedBy = Identification | 'userPrincipalName';

/** What is as easily forged stands on one step. */
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
