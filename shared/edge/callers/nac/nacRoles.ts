/**
 * The roles that open the NAC endpoints. `Nac.Query` opens nothing else, so a key that is stolen from an appliance reads
 * no list of devices and no decision.
 */
export const NAC_ROLES = ['Nac.Query', 'Devices.Read.All'] as const;
