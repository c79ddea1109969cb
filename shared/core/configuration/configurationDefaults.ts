/** What a connector says where nobody has said anything: off, so that it has to be meant. */
export const CONNECTOR_DEFAULTS = {
  androidEnabled: false,
  iosEnabled: false,
  androidDeviceBlockedOnMissingPartnerData: true,
  iosDeviceBlockedOnMissingPartnerData: true,
  partnerUnresponsivenessThresholdInDays: 7,
  partnerUnsupportedOsVersionBlocked: false,
  allowPartnerToCollectIOSApplicationMetadata: false,
  allowPartnerToCollectIOSPersonalApplicationMetadata: false,
  androidMobileApplicationManagementEnabled: false,
  iosMobileApplicationManagementEnabled: false,
  reportDeviceHealthAndRisk: true,
  reportSecurityIncidents: true,
  // The oldest that Intune's documentation names for the SEP Mobile app.
  androidMinimumOsVersion: '4.1',
  iosMinimumOsVersion: '8.0',
} as const;

/** Intune's defaults where it has one; safe ones where it has not. */
export const TENANT_SETTINGS_DEFAULTS = {
  secureByDefault: true,
  deviceComplianceCheckinThresholdDays: 30,
  // A phone counts as silent eight to ten hours after its last word, and of one that reports every quarter of an hour
  // each eighth heartbeat is written: at scale nothing costs more than these writes.
  deviceHeartbeatWindowInSeconds: 10 * 60 * 60,
  deviceHeartbeatSlackInSeconds: 2 * 60 * 60,
  partnerHeartbeatSlackInSeconds: 60,
  silenceBreakerShareInPercent: 20,
  silenceBreakerMinimumDevices: 50,
} as const;

/** A new policy asks for nothing that it does not name, and blocks at once. */
export const COMPLIANCE_POLICY_DEFAULTS = {
  deviceThreatProtectionEnabled: false,
  deviceThreatProtectionRequiredSecurityLevel: 'notSet',
  assignments: [],
} as const;
