import type { Incident } from './device.ts';
import type { Reason, ReasonCode } from './reason.ts';
import type { Defence } from './threat.ts';

/** What the device's user must do to get back in. */
export interface Remediation {
  readonly code: string;
  readonly title: string;
  readonly steps: readonly string[];
}

const CHECK_AGAIN =
  'Access comes back by itself as soon as SEP Mobile reports that the threat is gone.';
const OPEN_APP = 'Open SEP Mobile on the device.';

/** One entry a defence: what somebody who sees an open incident of it can do on the phone. */
const BY_DEFENCE: Readonly<Record<Defence, Remediation>> = {
  physical: {
    code: 'securePhysicalAccess',
    title: 'Lock the device down again',
    steps: [
      OPEN_APP,
      'Switch on a passcode and encryption, and switch off USB debugging, as SEP Mobile shows.',
      CHECK_AGAIN,
    ],
  },
  network: {
    code: 'leaveNetwork',
    title: 'Leave the network that is under attack',
    steps: [
      'Disconnect from the Wi-Fi network and let the device forget it.',
      'Use mobile data or a network that you trust.',
      CHECK_AGAIN,
    ],
  },
  application: {
    code: 'removeApp',
    title: 'Remove the app that SEP Mobile names',
    steps: [
      'Open SEP Mobile on the device to see which app it is.',
      'Uninstall that app.',
      CHECK_AGAIN,
    ],
  },
  vulnerability: {
    code: 'updateDevice',
    title: 'Update the operating system',
    steps: [
      'Open the settings of the device and install every system update.',
      OPEN_APP,
      CHECK_AGAIN,
    ],
  },
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
  appNotActivated: {
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
  deviceCompromised: {
    code: 'contactSupport',
    title: 'Contact your support desk',
    steps: ['The device cannot be repaired by its user. Hand it to your support desk.'],
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
  openIncidents: readonly Incident[],
): readonly Remediation[] {
  const isBlocking = reasons.some(({ code }) => code === 'incidentOpen');
  const wanted = [
    ...(isBlocking ? openIncidents.map(({ category }) => BY_DEFENCE[category]) : []),
    ...reasons.flatMap(({ code }) => BY_REASON[code] ?? []),
  ];
  return wanted.filter((entry, at) => wanted.findIndex(({ code }) => code === entry.code) === at);
}
