import type { Defence } from './threat.ts';

/** Why a device has its state, or a request its decision: a stable code for programs, a sentence for people. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly policyId?: string;
  /** The policy setting that decided, by Graph's name. */
  readonly setting?: string;
  readonly category?: Defence;
  readonly incidentId?: string;
  /** The event source that reported it; absent for the source `default`. */
  readonly sourceId?: string;
}

export type ReasonCode =
  // missing or broken data on our side
  | 'clockInvalid'
  | 'configurationMissing'
  | 'configurationInvalid'
  | 'deviceRecordInvalid'
  // the device and its enrolment
  | 'deviceNotEnrolled'
  | 'identifierNotUnique'
  | 'noCompliancePolicyAssigned'
  | 'deviceSilent'
  | 'enrolledUserMissing'
  | 'osVersionTooOld'
  | 'osVersionTooNew'
  // the partner's reports, or their absence
  | 'connectorReadOnly'
  | 'connectorDisabledForPlatform'
  | 'osVersionUnsupported'
  | 'partnerUnresponsive'
  | 'noPartnerData'
  | 'reportUnreadable'
  | 'appDeactivated'
  | 'assessmentPending'
  | 'appMisconfigured'
  | 'deviceCompromised'
  | 'riskLevelReported'
  | 'incidentOpen'
  | 'threatDetected'
  | 'deviceJailbroken'
  | 'passcodeMissing'
  | 'storageNotEncrypted'
  | 'securityPatchLevelTooOld'
  | 'settingNotReported'
  | 'settingInError'
  // the verdicts
  | 'threatLevelAboveCeiling'
  | 'defenceLevelAboveCeiling'
  | 'compliant'
  | 'noConditionalAccessPolicy'
  | 'blockedByPolicy'
  | 'deviceIdentificationTooWeak'
  | 'compliantDeviceRequired'
  | 'deviceThreatPresent'
  | 'allowedByPolicy';
