import { DEFAULT_EVENT_SOURCE } from '../../domain/vocabulary/eventSource.ts';

/** The connector's defaults. It is off until an administrator turns it on. */
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
  // The oldest versions that Intune's documentation names for the SEP Mobile app
  // (learn.microsoft.com/mem/intune/protect/skycure-mobile-threat-defense-connector, "Supported platforms").
  androidMinimumOsVersion: '5.0',
  iosMinimumOsVersion: '10.0',
} as const;

/**
 * What readers see for the connector's properties that Graph's beta added later. None of them has an effect here, and a
 * property is stored only with the value `true`, because an earlier release cannot read a document with it.
 */
export const GRAPH_CONNECTOR_DEFAULTS = {
  allowPartnerToCollectIosCertificateMetadata: false,
  allowPartnerToCollectIosPersonalCertificateMetadata: false,
  grantMobileThreatDefensePartnerRole: false,
  launchMobileThreatDefensePartnerOnSetupEnabled: false,
  macEnabled: false,
  macDeviceBlockedOnMissingPartnerData: false,
  windowsMobileApplicationManagementEnabled: false,
} as const;

/** Intune's defaults; safe values for settings that Intune does not have. */
export const TENANT_SETTINGS_DEFAULTS = {
  secureByDefault: true,
  deviceComplianceCheckinThresholdDays: 30,
  // A phone counts as silent eight to ten hours after its last report. If it reports every quarter of an hour, one
  // heartbeat in eight is written: at scale nothing costs more than these writes.
  deviceHeartbeatWindowInSeconds: 10 * 60 * 60,
  deviceHeartbeatSlackInSeconds: 2 * 60 * 60,
  partnerHeartbeatSlackInSeconds: 60,
  silenceBreakerShareInPercent: 20,
  silenceBreakerMinimumDevices: 50,
  // A day, so that somebody on call can look, but no lost phone keeps its access for longer.
  maximumHoldInHours: 24,
} as const;

/** A new policy requires only what it names, and blocks at once. */
export const COMPLIANCE_POLICY_DEFAULTS = {
  deviceThreatProtectionEnabled: false,
  deviceThreatProtectionRequiredSecurityLevel: 'notSet',
  assignments: [],
} as const;

/**
 * A new event source is not required on any platform, and its silence says nothing, because most vendors send no
 * heartbeat. A week is long enough for a person to look at a detection that never ends.
 */
export const EVENT_SOURCE_DEFAULTS = {
  isEnabled: DEFAULT_EVENT_SOURCE.isEnabled,
  requiredPlatforms: DEFAULT_EVENT_SOURCE.requiredPlatforms,
  detectionLifetimeInHours: DEFAULT_EVENT_SOURCE.detectionLifetimeInHours,
} as const;
