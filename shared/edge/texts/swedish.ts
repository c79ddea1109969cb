import type { Texts } from './texts.ts';

const OPEN_APP = 'Öppna appen SEP Mobile på enheten.';
const WAIT = 'Vänta tills SEP Mobile inte längre visar problemet.';

export const SWEDISH: Texts = {
  locale: 'sv-SE',
  remediation: {
    securePhysicalAccess: {
      title: 'Skydda själva enheten',
      steps: [
        OPEN_APP,
        'Slå på lösenkod och kryptering och stäng av USB-felsökning, där SEP Mobile ber om det.',
        WAIT,
      ],
    },
    setPasscode: {
      title: 'Ställ in en lösenkod',
      steps: [
        'Öppna Inställningar och leta upp lösenkod eller skärmlås.',
        'Ställ in en lösenkod som bara du känner till.',
        WAIT,
      ],
    },
    encryptDevice: {
      title: 'Kryptera enheten',
      steps: [
        'Ställ in en lösenkod om det inte finns någon. En iPhone eller iPad är då krypterad.',
        'På Android: öppna Inställningar, gå till Säkerhet och slå på kryptering.',
        WAIT,
      ],
    },
    switchOffDeveloperOptions: {
      title: 'Stäng av det som bara utvecklare behöver',
      steps: [
        'Öppna Inställningar och gå till Utvecklaralternativ.',
        'Stäng av USB-felsökning och sedan utvecklaralternativen helt.',
        'Låt ingen app installera andra appar i säkerhetsinställningarna.',
        WAIT,
      ],
    },
    restoreDevice: {
      title: 'Lämna enheten till supporten',
      steps: ['Enhetens system har ändrats. Supporten måste återställa det.'],
    },
    leaveNetwork: {
      title: 'Lämna nätverket',
      steps: [
        'Koppla från Wi-Fi-nätverket och låt enheten glömma det.',
        'Använd mobildata eller ett nätverk som du litar på.',
        WAIT,
      ],
    },
    useSaferNetwork: {
      title: 'Använd ett skyddat nätverk',
      steps: [
        'Koppla från Wi-Fi-nätverket.',
        'Använd mobildata eller ett Wi-Fi-nätverk som är skyddat med WPA2 eller WPA3.',
        WAIT,
      ],
    },
    removeProfile: {
      title: 'Ta bort profilen som SEP Mobile pekar ut',
      steps: [
        'Öppna appen SEP Mobile för att se vilken profil eller vilket certifikat det gäller.',
        'Öppna Inställningar och ta bort profilen eller certifikatet.',
        WAIT,
      ],
    },
    removeApp: {
      title: 'Ta bort appen som SEP Mobile pekar ut',
      steps: [
        'Öppna appen SEP Mobile för att se vilken app det gäller.',
        'Avinstallera den appen.',
        WAIT,
      ],
    },
    updateDevice: {
      title: 'Uppdatera operativsystemet',
      steps: [
        'Öppna Inställningar, leta upp systemuppdatering och installera allt som erbjuds.',
        OPEN_APP,
        WAIT,
      ],
    },
    contactSupport: {
      title: 'Kontakta supporten',
      steps: ['Du kan inte lösa det här själv. Lämna enheten till supporten.'],
    },
    enrolDevice: {
      title: 'Registrera enheten',
      steps: ['Installera appen Företagsportal, logga in med ditt jobbkonto och följ stegen.'],
    },
    openApp: {
      title: 'Låt SEP Mobile rapportera igen',
      steps: ['Anslut enheten till internet.', OPEN_APP, WAIT],
    },
    activateApp: {
      title: 'Aktivera SEP Mobile',
      steps: ['Installera SEP Mobile från appbutiken.', OPEN_APP, 'Logga in med ditt jobbkonto.'],
    },
    reactivateApp: {
      title: 'Aktivera SEP Mobile igen',
      steps: [OPEN_APP, 'Logga in med ditt jobbkonto.'],
    },
    waitForAssessment: {
      title: 'Vänta på den första säkerhetskontrollen',
      steps: [
        OPEN_APP,
        'Låt appen vara öppen tills kontrollen är klar. Det tar 5 till 10 minuter.',
      ],
    },
    repairApp: {
      title: 'Ge SEP Mobile de behörigheter som behövs',
      steps: [OPEN_APP, 'Godkänn allt som appen ber om.', WAIT],
    },
    followApp: {
      title: 'Gör det som SEP Mobile ber om',
      steps: [OPEN_APP, 'Åtgärda alla hot som appen visar.', WAIT],
    },
  },
  reasons: {
    deviceNotEnrolled: 'Enheten är inte registrerad i din organisation.',
    identifierNotUnique:
      'Andra enheter har samma nummer som den här, så din organisation kan inte skilja dem åt.',
    noCompliancePolicyAssigned: 'Din organisation har ännu inga regler för den här enheten.',
    deviceSilent: 'SEP Mobile på enheten har inte rapporterat på för länge.',
    enrolledUserMissing: 'Enheten är inte registrerad för någon användare.',
    osVersionTooOld: 'Operativsystemet är för gammalt.',
    osVersionTooNew: 'Operativsystemet är nyare än din organisation tillåter.',
    osVersionUnsupported: 'Operativsystemet är för gammalt för SEP Mobile.',
    securityPatchLevelTooOld: 'Enheten saknar de senaste säkerhetsuppdateringarna.',
    connectorReadOnly: 'Din organisation har inte slagit på kontrollen med SEP Mobile än.',
    connectorDisabledForPlatform:
      'Din organisation har inte slagit på SEP Mobile för den här typen av enhet.',
    partnerUnresponsive: 'Tjänsten SEP Mobile har inte hört av sig på för länge.',
    reportUnreadable: 'SEP Mobile har skickat en rapport om enheten som vi inte kunde läsa.',
    noPartnerData: 'SEP Mobile är inte aktiverat på enheten.',
    appDeactivated: 'SEP Mobile har stängts av på enheten.',
    assessmentPending: 'Den första säkerhetskontrollen är inte klar än.',
    appMisconfigured: 'SEP Mobile saknar behörigheter som appen behöver på enheten.',
    deviceCompromised: 'Enhetens skydd har brutits.',
    deviceJailbroken: 'Enheten är jailbreakad eller rootad.',
    passcodeMissing: 'Enheten kan öppnas utan lösenkod.',
    storageNotEncrypted: 'Enhetens lagring är inte krypterad.',
    settingNotReported: 'SEP Mobile har inte rapporterat allt som din organisation kräver.',
    riskLevelReported: 'SEP Mobile bedömer att enheten är utsatt för risk.',
    blockedByPolicy: 'Din organisation tillåter inte detta.',
    noConditionalAccessPolicy: 'Din organisation har inte tillåtit detta än.',
    deviceIdentificationTooWeak:
      'Din organisation kräver ett säkrare bevis på vilken enhet det här är.',
  },
  threats: {
    jailbrokenOrRooted: 'Enheten är jailbreakad eller rootad.',
    bootloaderUnlocked:
      'Starthanteraren är upplåst, så att vilket system som helst kan installeras.',
    systemTampered: 'Filer i operativsystemet har ändrats.',
    passcodeDisabled: 'Enheten kan öppnas utan lösenkod.',
    storageUnencrypted: 'Enhetens lagring är inte krypterad.',
    usbDebuggingEnabled: 'USB-felsökning är på: en ansluten dator kan styra enheten.',
    unknownSourcesEnabled: 'Appar kan installeras från andra källor än appbutiken.',
    developerModeEnabled: 'Utvecklaralternativen är på.',
    sslDecryption: 'Nätverket läser trafik som ska vara krypterad.',
    sslStripping: 'Nätverket tar bort krypteringen från din trafik.',
    arpSpoofing: 'En annan enhet i nätverket utger sig för att vara routern.',
    rogueAccessPoint: 'Wi-Fi-nätverket utger sig för att vara ett annat.',
    manInTheMiddle: 'Någon avlyssnar nätverket.',
    dnsSpoofing: 'Nätverket leder dig till falska servrar.',
    contentManipulation: 'Nätverket ändrar det som du laddar.',
    untrustedProfile: 'En profil på enheten låter andra läsa trafiken.',
    untrustedCertificate: 'En server visade ett certifikat som inte går att lita på.',
    phishingSite: 'En sida som stjäl lösenord har öppnats.',
    weakWifiEncryption: 'Wi-Fi-nätverket har en kryptering som är lätt att knäcka.',
    openWifi: 'Wi-Fi-nätverket är inte krypterat.',
    malware: 'En skadlig app är installerad.',
    ransomware: 'En app låser data och kräver pengar.',
    spyware: 'En app spionerar på dig.',
    bankingTrojan: 'En app försöker stjäla pengar från din bank.',
    repackagedApp: 'En app är en ändrad kopia av en känd app.',
    suspiciousApp: 'En app beter sig som skadliga appar gör.',
    sideloadedApp: 'En app har installerats från en annan källa än appbutiken.',
    cryptoMiner: 'En app använder enheten för att tjäna pengar åt andra.',
    unwantedApp: 'En app är installerad som din organisation inte tillåter.',
    adware: 'En app tränger sig på med reklam.',
    exploitAttempt: 'En säkerhetsbrist i operativsystemet har utnyttjats.',
    criticalVulnerability: 'Operativsystemet har en kritisk säkerhetsbrist.',
    highVulnerability: 'Operativsystemet har en allvarlig säkerhetsbrist.',
    mediumVulnerability: 'Operativsystemet har en känd säkerhetsbrist.',
    unsupportedOsVersion: 'Operativsystemet får inga säkerhetsuppdateringar längre.',
    osUpdateAvailable: 'En uppdatering av operativsystemet väntar.',
  },
  threatOf: {
    physical: 'Själva enheten är inte tillräckligt skyddad.',
    network: 'Nätverket är inte säkert.',
    application: 'En skadlig app är installerad.',
    vulnerability: 'Operativsystemet har en säkerhetsbrist.',
  },
  resources: {
    exchangeOnline: 'E-post',
    sharePointOnline: 'SharePoint',
    oneDrive: 'OneDrive',
    wifi: 'Wi-Fi',
    companyApp: 'Företagsappen',
  },
  page: {
    blockedTitle: 'Åtkomsten är spärrad just nu',
    blockedText: 'Du får åtkomst igen automatiskt så snart det här är löst.',
    allowedTitle: 'Du har åtkomst',
    allowedText: 'Inget är i vägen längre. Gå tillbaka och försök igen.',
    graceTitle: 'Du har åtkomst tills vidare',
    graceText: 'Gå tillbaka och försök igen. Lös det här i tid så att åtkomsten inte spärras.',
    expiredTitle: 'Länken fungerar inte längre',
    expiredText: 'Öppna en gång till det som du ville använda. Då får du en ny länk.',
    unavailableTitle: 'Det går inte att kontrollera just nu',
    unavailableText: 'Felet ligger hos oss, inte hos dig. Försök igen om en stund.',
    busyTitle: 'Ett ögonblick',
    busyText: 'Det här har kontrollerats mycket ofta. Vänta några sekunder och kontrollera igen.',
    resource: 'Åtkomst till',
    device: 'Enhet',
    graceEnds: 'Lös senast',
    why: 'Varför',
    whyUnknown: 'Din organisation måste rätta till något först.',
    whatToDo: 'Gör så här',
    nothingToDo:
      'Det finns inget som du kan lösa själv. Kontakta supporten och uppge referensen nedan.',
    checkAgain: 'Kontrollera igen',
    checkedAt: 'Kontrollerat',
    reference: 'Referens till supporten',
  },
};
