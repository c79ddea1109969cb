import { describe, expect, it } from 'vitest';
import { fileInShort, inShort, readEvent } from '../../../support/readEvents.ts';

const UUID = '2F0D1A34-0000-4000-8000-00000000CDE1';
const MITM = {
  event_id: 'event-1',
  severity: 3,
  mitigated: false,
  eventtimestamp: '01 01 2026 12:09:00 UTC',
  device_info: { mdm_device_id: 'mdm-1', os: 'ios' },
  threat: { name: 'MITM_SSL_STRIP', category: 'SINGULAR', general: { network: 'free-wifi' } },
};
const OPEN = 'open high network sslStripping';
const DEVICE = MITM.device_info;
const named = (name: unknown): object => ({ ...MITM, threat: { ...MITM.threat, name } });
const device = (info: object): object => ({ ...MITM, device_info: { ...DEVICE, ...info } });
const SAFE = 'telemetry {"physical":{"jailbrokenOrRooted":false}}';
const ROOTED = 'telemetry {"physical":{"jailbrokenOrRooted":true}}';
const quiet = (info: object, more: object = {}): object => ({
  event_id: 'event-2',
  eventtimestamp: MITM.eventtimestamp,
  device_info: { ...DEVICE, ...info },
  ...more,
});

const EVENTS: readonly (readonly [string, object, readonly string[]])[] = [
  ['a threat', MITM, [OPEN]],
  ['its mitigation', { ...MITM, mitigated: true }, ['resolved high network sslStripping']],
  [
    'its mitigation as a text',
    { ...MITM, mitigated: 'True' },
    ['resolved high network sslStripping'],
  ],
  ['no state', { ...MITM, mitigated: null }, [OPEN]],
  ['an unknown state', { ...MITM, mitigated: 'partly' }, [`${OPEN} !state=partly`]],
  ['an important one', { ...MITM, severity: 2 }, ['open medium network sslStripping']],
  ['a low one', { ...MITM, severity: '1' }, ['open low network sslStripping']],
  ['a hidden one', { ...MITM, severity: 0 }, ['resolved high network sslStripping']],
  [
    'the severity in words, in the forensics',
    { ...MITM, severity: null, forensics: { severity: 'IMPORTANT' } },
    ['open medium network sslStripping'],
  ],
  ['an unknown severity', { ...MITM, severity: 7 }, [`${OPEN} !severity=7`]],
  ['no severity', { ...MITM, severity: null }, [`${OPEN} !severity=missing`]],
  [
    'an unknown name',
    named('TESTFLIGHT_INSTALLED'),
    ['open high every TESTFLIGHT_INSTALLED !category=TESTFLIGHT_INSTALLED'],
  ],
  ['a name of another type', named(['x']), ['open high every unknown !category=missing']],
  ['a name with blanks', named('SYSTEM TAMPERING'), ['open high physical systemTampered']],
  ['a phishing page', named('PHISHING_URL'), ['open high network phishingSite']],
  ['a sideloaded app', named('SIDELOADED_APP'), ['open high application sideloadedApp']],
  ['an old system', named('VULNERABLE_IOS_VERSION'), ['open high vulnerability highVulnerability']],
  ['no time', { ...MITM, eventtimestamp: null }, [`${OPEN} !time=missing`]],
  [
    'a time ahead of ours',
    { ...MITM, eventtimestamp: '01 02 2026 12:09:00 UTC' },
    [`${OPEN} !time=future`],
  ],
  [
    'the time of the attack alone',
    { ...MITM, eventtimestamp: null, forensics: { attack_time: { $date: 1_767_269_340_000 } } },
    [OPEN],
  ],
  ['a safe device', device({ jailbroken: false }), [OPEN, SAFE]],
  ['a jailbroken device', device({ jailbroken: true }), [OPEN, ROOTED]],
  [
    'an unreadable flag',
    device({ jailbroken: 'perhaps' }),
    [
      OPEN,
      'telemetry {"physical":{"jailbrokenOrRooted":true,"faults":[{"field":"physical.jailbrokenOrRooted","word":"perhaps"}]}}',
    ],
  ],
  ['a critical posture', { ...MITM, risk_posture: 3 }, [OPEN, 'risk high']],
  ['an unknown posture', { ...MITM, risk_posture: 8 }, [OPEN, 'risk high !riskLevel=8']],
  ['a device alone', quiet({ jailbroken: true }), [ROOTED]],
  ['a posture alone', quiet({}, { risk_posture: 0 }), ['risk minimal']],
  [
    'a jailbreak without a time',
    quiet({ jailbroken: true }, { eventtimestamp: null }),
    [
      'telemetry {"physical":{"jailbrokenOrRooted":true,"faults":[{"field":"time","word":"missing"}]}}',
      'unreadable physical !time=missing',
    ],
  ],
  ['a safe device without a time', quiet({ jailbroken: false }, { eventtimestamp: null }), []],
  ['nothing', quiet({}), ['unreadable event !threat=missing']],
];

describe('an event of Zimperium', () => {
  it.each(EVENTS)('is read with %s', (_, event, expected) => {
    expect(inShort(readEvent('zimperium', event))).toEqual(expected);
  });

  it.each([
    ['a null MDM id and a UUID for an IMEI', { mdm_device_id: null, imei: UUID }, ['udid']],
    ['an IMEI', { mdm_device_id: null, imei: '356938035643809' }, ['imei']],
    [
      'a wrong MDM id beside a serial number',
      { mdm_device_id: 'gone', serial_number: 'S-1' },
      ['deviceId', 'managedDeviceId', 'serialNumber', 'udid'],
    ],
    ['nothing', { mdm_device_id: null }, []],
  ])('names its device by %s', (_, info, expected) => {
    const { identifiers } = readEvent('zimperium', { ...MITM, device_info: info });
    expect(identifiers.map(({ name }) => name)).toEqual(expected);
  });

  it('is read from every public shape', () => {
    expect(fileInShort('zimperium', 'zimperium/threat.json')).toEqual([[OPEN, SAFE, 'risk high']]);
    expect(fileInShort('zimperium', 'zimperium/mitigated.json')).toEqual([
      ['resolved high network sslStripping', SAFE, 'risk minimal'],
    ]);
  });
});
