import type { Threat } from '../threats/assessRisk.ts';
import type { Reason, ReasonCode } from '../vocabulary/reason.ts';
import type { Defence } from '../vocabulary/threat.ts';
import type { RemediationCode } from '../threats/threatCatalogue.ts';

/** What its user can do about a device, beside what is done about a threat. */
export type RemediationStepsCode =
  | RemediationCode
  | 'enrolDevice'
  | 'openApp'
  | 'activateApp'
  | 'reactivateApp'
  | 'waitForAssessment'
  | 'repairApp'
  | 'followApp';

/** What the device's user must do to get back in; how it is said is for whoever speaks their language. */
export interface Remediation {
  readonly code: RemediationStepsCode;
  /** The organisation's own words about a threat of this type, where it has some. */
  readonly organisation?: { readonly threatType: string; readonly steps: readonly string[] };
}

/** What to do about a threat whose type the catalogue does not know. */
const BY_DEFENCE: Readonly<Record<Defence, RemediationCode>> = {
  physical: 'securePhysicalAccess',
  network: 'leaveNetwork',
  application: 'removeApp',
  vulnerability: 'updateDevice',
};

/** One entry a reason that a user can do something about; the others are for administrators. */
const BY_REASON: Readonly<Partial<Record<ReasonCode, RemediationStepsCode>>> = {
  deviceNotEnrolled: 'enrolDevice',
  deviceSilent: 'openApp',
  noPartnerData: 'activateApp',
  appDeactivated: 'reactivateApp',
  assessmentPending: 'waitForAssessment',
  appMisconfigured: 'repairApp',
  deviceCompromised: 'contactSupport',
  deviceJailbroken: 'restoreDevice',
  passcodeMissing: 'setPasscode',
  storageNotEncrypted: 'encryptDevice',
  securityPatchLevelTooOld: 'updateDevice',
  osVersionTooOld: 'updateDevice',
  osVersionUnsupported: 'updateDevice',
  settingNotReported: 'openApp',
  riskLevelReported: 'followApp',
};

/** What the user must do, most pressing first, each thing once; empty where nothing blocks the device. */
export function remediationFor(
  reasons: readonly Reason[],
  threats: readonly Threat[],
): readonly Remediation[] {
  const wanted = [
    ...threats.filter(({ reason }) => reasons.includes(reason)).map(forThreat),
    ...reasons.flatMap(({ code }): readonly Remediation[] => {
      const known = BY_REASON[code];
      return known === undefined ? [] : [{ code: known }];
    }),
  ];
  const isSame = (a: Remediation, b: Remediation): boolean =>
    a.code === b.code && a.organisation?.threatType === b.organisation?.threatType;
  return wanted.filter((entry, at) => wanted.findIndex((each) => isSame(each, entry)) === at);
}

function forThreat({ definition, defence, threatType }: Threat): Remediation {
  const code = definition?.remediation ?? BY_DEFENCE[defence];
  return definition?.remediationSteps === undefined
    ? { code }
    : { code, organisation: { threatType, steps: definition.remediationSteps } };
}
