import type { Threat } from './assessRisk.ts';
import type { Reason, ReasonCode } from './reason.ts';
import type { Defence } from './threat.ts';
import type { RemediationCode } from './threatCatalogue.ts';

/** What the device's user must do to get back in. */
export interface Remediation {
  readonly code: string;
  readonly title: string;
  readonly steps: readonly string[];
}

const CHECK_AGAIN =
  'Access comes back by itself as soon as SEP Mobile reports that the threat is gone.';
const OPEN_APP = 'Open SEP Mobile on the device.';

/** What somebody can do on the phone about a threat. */
const BY_THREAT: Readonly<Record<RemediationCode, Remediation>> = {
  securePhysicalAccess: {
    code: 'securePhysicalAccess',
    title: 'Lock the device down again',
    steps: [
      OPEN_APP,
      'Switch on a passcode and encryption, and switch off USB debugging, as SEP Mobile shows.',
      CHECK_AGAIN,
    ],
  },
  setPasscode: {
    code: 'setPasscode',
    title: 'Set a passcode',
    steps: ['Open the settings of the device, then its security.', 'Set a passcode.', CHECK_AGAIN],
  },
  encryptDevice: {
    code: 'encryptDevice',
    title: 'Encrypt the device',
    steps: [
      'Set a passcode, if there is none yet.',
      'Open the settings of the device, then its security, and encrypt it.',
      CHECK_AGAIN,
    ],
  },
  switchOffDeveloperOptions: {
    code: 'switchOffDeveloperOptions',
    title: 'Switch off what only developers need',
    steps: [
      'Open the settings of the device, then its developer options.',
      'Switch off USB debugging, then the developer options.',
      'In the security settings, let no app install others.',
      CHECK_AGAIN,
    ],
  },
  restoreDevice: {
    code: 'restoreDevice',
    title: 'Hand the device to your support desk',
    steps: ['The system of the device was changed. Your support desk has to restore it.'],
  },
  leaveNetwork: {
    code: 'leaveNetwork',
    title: 'Leave the network that is under attack',
    steps: [
      'Disconnect from the Wi-Fi network and let the device forget it.',
      'Use mobile data or a network that you trust.',
      CHECK_AGAIN,
    ],
  },
  useSaferNetwork: {
    code: 'useSaferNetwork',
    title: 'Use a network that is protected',
    steps: [
      'Disconnect from the Wi-Fi network.',
      'Use mobile data or a Wi-Fi with WPA2 or WPA3.',
      CHECK_AGAIN,
    ],
  },
  removeProfile: {
    code: 'removeProfile',
    title: 'Remove the profile that SEP Mobile names',
    steps: [
      'Open SEP Mobile on the device to see which profile it is.',
      'Open the settings of the device and remove that profile or certificate.',
      CHECK_AGAIN,
    ],
  },
  removeApp: {
    code: 'removeApp',
    title: 'Remove the app that SEP Mobile names',
    steps: [
      'Open SEP Mobile on the device to see which app it is.',
      'Uninstall that app.',
      CHECK_AGAIN,
    ],
  },
  updateDevice: {
    code: 'updateDevice',
    title: 'Update the operating system',
    steps: [
      'Open the settings of the device and install every system update.',
      OPEN_APP,
      CHECK_AGAIN,
    ],
  },
  contactSupport: {
    code: 'contactSupport',
    title: 'Contact your support desk',
    steps: ['The device cannot be repaired by its user. Hand it to your support desk.'],
  },
};

/** What to do about a threat whose type the catalogue does not know. */
const BY_DEFENCE: Readonly<Record<Defence, RemediationCode>> = {
  physical: 'securePhysicalAccess',
  network: 'leaveNetwork',
  application: 'removeApp',
  vulnerability: 'updateDevice',
};

/** One entry a reason that a user can do something about; the others are for administrators. */
const BY_REASON: Readonly<Partial<Record<ReasonCode, Remediation>>> = {
  deviceNotEnrolled: {
    code: 'enrolDevice',
    title: 'Enrol the device',
    steps: ['Install Company Portal, sign in with your work account and follow its steps.'],
  },
  deviceSilent: {
    code: 'openApp',
    title: 'Let SEP Mobile report again',
    steps: ['Connect the device to the internet.', OPEN_APP, CHECK_AGAIN],
  },
  noPartnerData: {
    code: 'activateApp',
    title: 'Activate SEP Mobile',
    steps: ['Install SEP Mobile from the store.', OPEN_APP, 'Sign in with your work account.'],
  },
  appDeactivated: {
    code: 'activateApp',
    title: 'Activate SEP Mobile again',
    steps: [OPEN_APP, 'Sign in with your work account.'],
  },
  assessmentPending: {
    code: 'waitForAssessment',
    title: 'Wait for the first security assessment',
    steps: [OPEN_APP, 'Leave it open until the assessment ends; this takes 5 to 10 minutes.'],
  },
  appMisconfigured: {
    code: 'repairApp',
    title: 'Give SEP Mobile what it asks for',
    steps: [OPEN_APP, 'Grant every permission that it asks for.', CHECK_AGAIN],
  },
  deviceCompromised: BY_THREAT.contactSupport,
  deviceJailbroken: BY_THREAT.restoreDevice,
  passcodeMissing: BY_THREAT.setPasscode,
  storageNotEncrypted: BY_THREAT.encryptDevice,
  securityPatchLevelTooOld: BY_THREAT.updateDevice,
  osVersionTooOld: BY_THREAT.updateDevice,
  osVersionUnsupported: BY_THREAT.updateDevice,
  settingNotReported: {
    code: 'openApp',
    title: 'Let SEP Mobile report again',
    steps: ['Connect the device to the internet.', OPEN_APP, CHECK_AGAIN],
  },
  riskLevelReported: {
    code: 'followApp',
    title: 'Do what SEP Mobile asks for',
    steps: [OPEN_APP, 'Resolve each threat that it shows.', CHECK_AGAIN],
  },
};

/** What the user must do, most pressing first, each thing once; empty where nothing blocks the device. */
export function remediationFor(
  reasons: readonly Reason[],
  threats: readonly Threat[],
): readonly Remediation[] {
  const wanted = [
    ...threats.filter(({ reason }) => reasons.includes(reason)).map(forThreat),
    ...reasons.flatMap(({ code }) => BY_REASON[code] ?? []),
  ];
  return wanted.filter((entry, at) => wanted.findIndex(({ code }) => code === entry.code) === at);
}

/** The organisation's own words, where it has some. */
function forThreat({ definition, defence, threatType }: Threat): Remediation {
  const usual = BY_THREAT[definition?.remediation ?? BY_DEFENCE[defence]];
  return definition?.remediationSteps === undefined
    ? usual
    : {
        code: `${usual.code}:${threatType}`,
        title: usual.title,
        steps: definition.remediationSteps,
      };
}
