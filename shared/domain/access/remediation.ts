import type { Threat } from '../threats/assessRisk.ts';
import type { Reason, ReasonCode } from '../vocabulary/reason.ts';
import type { Defence } from '../vocabulary/threat.ts';
import type { RemediationCode } from '../threats/threatCatalogue.ts';

/** A step that the user of a device can take: against a threat, or for a reason that is none. */
export type RemediationStepsCode =
  | RemediationCode
  | 'enrolDevice'
  | 'openApp'
  | 'activateApp'
  | 'reactivateApp'
  | 'waitForAssessment'
  | 'repairApp'
  | 'followApp';

/** A step for the user to regain access, as a code. The edge translates it. */
export interface Remediation {
  readonly code: RemediationStepsCode;
  /** The organisation's own steps for this threat type, if it has any. */
  readonly organisation?: { readonly threatType: string; readonly steps: readonly string[] };
}

/** The step for a threat type that the catalogue does not know. */
const BY_DEFENCE: Readonly<Record<Defence, RemediationCode>> = {
  physical: 'securePhysicalAccess',
  network: 'leaveNetwork',
  application: 'removeApp',
  vulnerability: 'updateDevice',
};

/** The reasons that a user can resolve. Only an administrator can resolve the others. */
const BY_REASON: Readonly<Partial<Record<ReasonCode, RemediationStepsCode>>> = {
  deviceNotEnrolled: 'enrolDevice',
  identifierNotUnique: 'contactSupport',
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

/** The steps for the user, most urgent first, each once; empty if nothing blocks the device. */
export function remediationFor(
  reasons: readonly Reason[],
  threats: readonly Threat[],
): readonly Remediation[] {
  const steps = [
    ...threats.filter(({ reason }) => reasons.includes(reason)).map(forThreat),
    ...reasons.flatMap(({ code }): readonly Remediation[] => {
      const step = BY_REASON[code];
      return step === undefined ? [] : [{ code: step }];
    }),
  ];
  const isSame = (a: Remediation, b: Remediation): boolean =>
    a.code === b.code && a.organisation?.threatType === b.organisation?.threatType;
  return steps.filter((entry, at) => steps.findIndex((each) => isSame(each, entry)) === at);
}

function forThreat({ definition, defence, threatType }: Threat): Remediation {
  const code = definition?.remediation ?? BY_DEFENCE[defence];
  return definition?.remediationSteps === undefined
    ? { code }
    : { code, organisation: { threatType, steps: definition.remediationSteps } };
}
