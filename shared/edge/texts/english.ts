import type { Texts } from './texts.ts';

const OPEN_APP = 'Open the SEP Mobile app on the device.';
const WAIT = 'Wait until SEP Mobile no longer shows the problem.';

export const ENGLISH: Texts = {
  locale: 'en-GB',
  remediation: {
    securePhysicalAccess: {
      title: 'Protect the device itself',
      steps: [
        OPEN_APP,
        'Turn on a passcode and encryption, and turn off USB debugging, where SEP Mobile asks for it.',
        WAIT,
      ],
    },
    setPasscode: {
      title: 'Set a passcode',
      steps: [
        'Open Settings and look for the passcode or the screen lock.',
        'Set a passcode that only you know.',
        WAIT,
      ],
    },
    encryptDevice: {
      title: 'Encrypt the device',
      steps: [
        'Set a passcode, if the device has none. An iPhone or iPad is then encrypted.',
        'On Android, open Settings, then Security, and turn on encryption.',
        WAIT,
      ],
    },
    switchOffDeveloperOptions: {
      title: 'Turn off the developer options',
      steps: [
        'Open Settings, then Developer options.',
        'Turn off USB debugging, then the developer options as a whole.',
        'In the security settings, do not let any app install other apps.',
        WAIT,
      ],
    },
    restoreDevice: {
      title: 'Take the device to your support desk',
      steps: ['The system of the device has been changed. Your support desk has to restore it.'],
    },
    leaveNetwork: {
      title: 'Leave the network',
      steps: [
        'Disconnect from the Wi-Fi network and let the device forget it.',
        'Use mobile data, or a network that you trust.',
        WAIT,
      ],
    },
    useSaferNetwork: {
      title: 'Use a protected network',
      steps: [
        'Disconnect from the Wi-Fi network.',
        'Use mobile data, or a Wi-Fi network that is protected with WPA2 or WPA3.',
        WAIT,
      ],
    },
    removeProfile: {
      title: 'Remove the profile that SEP Mobile names',
      steps: [
        'Open the SEP Mobile app to see which profile or certificate it is.',
        'Open Settings and remove it.',
        WAIT,
      ],
    },
    removeApp: {
      title: 'Remove the app that SEP Mobile names',
      steps: ['Open the SEP Mobile app to see which app it is.', 'Uninstall that app.', WAIT],
    },
    updateDevice: {
      title: 'Update the operating system',
      steps: [
        'Open Settings, look for the system update and install everything that is offered.',
        OPEN_APP,
        WAIT,
      ],
    },
    contactSupport: {
      title: 'Contact your support desk',
      steps: ['You cannot repair this yourself. Hand the device to your support desk.'],
    },
    enrolDevice: {
      title: 'Enrol the device',
      steps: [
        'Install the Company Portal app, sign in with your work account and follow its steps.',
      ],
    },
    openApp: {
      title: 'Let SEP Mobile report again',
      steps: ['Connect the device to the internet.', OPEN_APP, WAIT],
    },
    activateApp: {
      title: 'Activate SEP Mobile',
      steps: [
        'Install SEP Mobile from the app store.',
        OPEN_APP,
        'Sign in with your work account.',
      ],
    },
    reactivateApp: {
      title: 'Activate SEP Mobile again',
      steps: [OPEN_APP, 'Sign in with your work account.'],
    },
    waitForAssessment: {
      title: 'Wait for the first security check',
      steps: [OPEN_APP, 'Leave it open until the check is finished. It takes 5 to 10 minutes.'],
    },
    repairApp: {
      title: 'Give SEP Mobile the permissions it needs',
      steps: [OPEN_APP, 'Allow everything that it asks for.', WAIT],
    },
    followApp: {
      title: 'Do what SEP Mobile asks for',
      steps: [OPEN_APP, 'Resolve every threat that it shows.', WAIT],
    },
  },
  reasons: {
    deviceNotEnrolled: 'The device is not enrolled in your organisation.',
    identifierNotUnique:
      'Other devices have the same number as this one, so your organisation cannot tell them apart.',
    noCompliancePolicyAssigned: 'Your organisation has not set any rules for this device yet.',
    deviceSilent: 'SEP Mobile on the device has not reported for too long.',
    enrolledUserMissing: 'The device is not enrolled for any user.',
    osVersionTooOld: 'The operating system is too old.',
    osVersionTooNew: 'The operating system is newer than your organisation allows.',
    osVersionUnsupported: 'The operating system is too old for SEP Mobile.',
    securityPatchLevelTooOld: 'The device lacks recent security updates.',
    connectorReadOnly: 'Your organisation has not turned on the checks by SEP Mobile yet.',
    connectorDisabledForPlatform:
      'Your organisation has not turned on SEP Mobile for this kind of device.',
    partnerUnresponsive: 'The SEP Mobile service has not reported for too long.',
    reportUnreadable: 'SEP Mobile sent a report about the device that we could not read.',
    noPartnerData: 'SEP Mobile is not active on the device.',
    appDeactivated: 'SEP Mobile has been turned off on the device.',
    assessmentPending: 'The first security check is not finished yet.',
    appMisconfigured: 'SEP Mobile lacks permissions that it needs on the device.',
    deviceCompromised: 'The security of the device has been broken.',
    deviceJailbroken: 'The device is jailbroken or rooted.',
    passcodeMissing: 'The device can be opened without a passcode.',
    storageNotEncrypted: 'The storage of the device is not encrypted.',
    settingNotReported: 'SEP Mobile has not reported everything that your organisation requires.',
    riskLevelReported: 'SEP Mobile considers the device to be at risk.',
    blockedByPolicy: 'Your organisation does not allow this.',
    noConditionalAccessPolicy: 'Your organisation has not allowed this yet.',
    deviceIdentificationTooWeak:
      'Your organisation requires stronger proof of which device this is.',
  },
  threats: {
    jailbrokenOrRooted: 'The device is jailbroken or rooted.',
    bootloaderUnlocked: 'The boot loader is unlocked, so any system can be installed.',
    systemTampered: 'Files of the operating system have been changed.',
    passcodeDisabled: 'The device can be opened without a passcode.',
    storageUnencrypted: 'The storage of the device is not encrypted.',
    usbDebuggingEnabled: 'USB debugging is on: a connected computer can control the device.',
    unknownSourcesEnabled: 'Apps from outside the app store can be installed.',
    developerModeEnabled: 'The developer options are on.',
    sslDecryption: 'The network reads traffic that should be encrypted.',
    sslStripping: 'The network removes the encryption of your traffic.',
    arpSpoofing: 'Another device in the network pretends to be the router.',
    rogueAccessPoint: 'The Wi-Fi network pretends to be another one.',
    manInTheMiddle: 'Somebody is listening in on the network.',
    dnsSpoofing: 'The network leads you to false servers.',
    contentManipulation: 'The network changes what you load.',
    untrustedProfile: 'A profile on the device lets others read its traffic.',
    untrustedCertificate: 'A server showed a certificate that cannot be trusted.',
    phishingSite: 'A page that steals passwords was opened.',
    weakWifiEncryption: 'The Wi-Fi network uses an encryption that is easy to break.',
    openWifi: 'The Wi-Fi network is not encrypted.',
    malware: 'A harmful app is installed.',
    ransomware: 'An app locks data away and demands money.',
    spyware: 'An app spies on you.',
    bankingTrojan: 'An app tries to steal money from your bank.',
    repackagedApp: 'An app is a changed copy of a known one.',
    suspiciousApp: 'An app behaves like a harmful app.',
    sideloadedApp: 'An app was installed from outside the app store.',
    cryptoMiner: 'An app uses the device to earn money for others.',
    unwantedApp: 'An app is installed that your organisation does not allow.',
    adware: 'An app forces advertisements on you.',
    exploitAttempt: 'A security flaw of the operating system was exploited.',
    criticalVulnerability: 'The operating system has a critical security flaw.',
    highVulnerability: 'The operating system has a serious security flaw.',
    mediumVulnerability: 'The operating system has a known security flaw.',
    unsupportedOsVersion: 'The operating system gets no security updates any more.',
    osUpdateAvailable: 'An update of the operating system is waiting.',
  },
  threatOf: {
    physical: 'The device itself is not protected well enough.',
    network: 'The network is not safe.',
    application: 'A harmful app is installed.',
    vulnerability: 'The operating system has a security flaw.',
  },
  resources: {
    exchangeOnline: 'Mail',
    sharePointOnline: 'SharePoint',
    oneDrive: 'OneDrive',
    wifi: 'Wi-Fi',
    companyApp: 'Company app',
  },
  page: {
    blockedTitle: 'Access is blocked for now',
    blockedText: 'You get access again automatically as soon as this is solved.',
    allowedTitle: 'You have access',
    allowedText: 'Nothing is in the way any more. Go back and try again.',
    graceTitle: 'You have access for now',
    graceText: 'Go back and try again. Solve this in time, so that access is not blocked.',
    expiredTitle: 'This link no longer works',
    expiredText: 'Open the app or page that you wanted to use again. You then get a new link.',
    unavailableTitle: 'This cannot be checked right now',
    unavailableText: 'The fault is ours, not yours. Try again in a moment.',
    busyTitle: 'One moment, please',
    busyText: 'This was checked too often just now. Wait a few seconds, then check again.',
    resource: 'Access to',
    device: 'Device',
    graceEnds: 'Solve by',
    why: 'Why',
    whyUnknown: 'Your organisation has to fix something first.',
    whatToDo: 'What to do',
    nothingToDo:
      'There is nothing that you can solve yourself. Contact your support desk and name the reference below.',
    checkAgain: 'Check again',
    checkedAt: 'Checked',
    reference: 'Support reference',
  },
};
