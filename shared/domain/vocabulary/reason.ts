import type { Defence } from './threat.ts';

/** Why a device or an access has the state it has: a stable code for programs, a sentence for people. */
export interface Reason {
  readonly code: ReasonCode;
  readonly message: string;
  readonly policyId?: string;
  /** The policy setting that decided, by Graph's name. */
  readonly setting?: string;
  readonly category?: Defence;
  readonly incidentId?: string;
}

export type ReasonCode =
  // what is missing or broken on our side
  | 'clockInvalid'
  | 'configurationMissing'
  | 'configurationInvalid'
  | 'deviceRecordInvalid'
  // the device and its enrolment
  | 'deviceNotEnrolled'
  | 'noCompliancePolicyAssigned'
  | 'deviceSilent'
  | 'enrolledUserMissing'
  | 'osVersionTooOld'
  | 'osVersionTooNew'
  // what the partner says, or does not say
  | 'connectorReadOnly'
  | 'connectorDisabledForPlatform'
  | 'osVersionUnsupported'
  | 'partnerUnresponsive'
  | 'noPartnerData'
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
