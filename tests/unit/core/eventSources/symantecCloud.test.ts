import { describe, expect, it } from 'vitest';
import { fileInShort, inShort, readEvent } from '../../../support/readEvents.ts';

const BASE = {
  uuid: 'event-1',
  time: '2026-01-01T12:09:00.000Z',
  device_ref_uid: '5D2E8A9C-0000-4000-8000-00000000A001',
  device_os_type_id: 501,
};
const FOUND = {
  ...BASE,
  type_id: 8031,
  category_id: 1,
  id: 4,
  severity_id: 5,
  threat: { id: 9, name: 'Android.Example', type_id: 1 },
  file: { name: 'game.apk', sha2: 'abcd' },
};
const OPEN = 'open high application malware';
const STATUS = { ...BASE, type_id: 1000, severity_id: 1, status_id: 1 };
const INCIDENT = { ...BASE, severity_id: 4, incident_uid: 'i-1', rule_name: 'Rule' };
const EVERY = 'open high every Rule !category=Rule';

const EVENTS: readonly (readonly [string, object, readonly string[]])[] = [
  ['malware that remains', FOUND, [OPEN]],
  ['numbers as texts', { ...FOUND, type_id: '8031', severity_id: '5', id: '4' }, [OPEN]],
  ['malware that is blocked', { ...FOUND, id: 1 }, ['resolved high application malware']],
  ['malware in quarantine', { ...FOUND, id: 12 }, ['resolved high application malware']],
  ['blocked malware without a time', { ...FOUND, id: 1, time: null }, []],
  ['an unknown outcome', { ...FOUND, id: 99 }, [OPEN]],
  [
    'type and outcome in `event_id` alone',
    { ...FOUND, type_id: null, id: null, event_id: 8_031_001 },
    ['resolved high application malware'],
  ],
  ['an informational detection', { ...FOUND, severity_id: 1 }, ['open low application malware']],
  ['a minor detection', { ...FOUND, severity_id: 3 }, ['open medium application malware']],
  ['an unknown severity', { ...FOUND, severity_id: 42 }, [`${OPEN} !severity=42`]],
  ['no severity', { ...FOUND, severity_id: null }, [`${OPEN} !severity=missing`]],
  [
    'an unknown type of threat',
    { ...FOUND, threat: { name: 'Odd', type_id: 77 } },
    ['open high application Odd'],
  ],
  [
    'several threats, each once',
    { ...FOUND, threats: [FOUND.threat, { name: 'B', type_id: 3 }] },
    [OPEN, 'open high application unwantedApp'],
  ],
  [
    'a network attack',
    { ...BASE, type_id: 8040, severity_id: 4 },
    ['open high network manInTheMiddle'],
  ],
  [
    'an unknown type of a security event',
    { ...FOUND, type_id: 8999, threat: { name: 'Odd' } },
    ['open high every Odd !category=Odd'],
  ],
  ['an unknown type that reports nothing', { ...BASE, type_id: 8999, severity_id: 1 }, []],
  ['a server', { ...FOUND, device_os_type_id: 100 }, ['not about a phone']],
  ['a Mac, in words', { ...FOUND, device_os_type_id: 'macOS' }, ['not about a phone']],
  ['an iPad', { ...FOUND, device_os_type_id: '503' }, [OPEN]],
  ['no system', { ...FOUND, device_os_type_id: undefined }, [OPEN]],
  ['an administrator', { ...BASE, type_id: 20, severity_id: 5 }, ['not about a phone']],
  ['an incident', { ...INCIDENT, type_id: 8075 }, [EVERY]],
  [
    'an informational incident',
    { ...INCIDENT, type_id: 8075, severity_id: 1 },
    [EVERY.replace('high', 'low')],
  ],
  ['an updated incident', { ...INCIDENT, type_id: 8076, state_id: 2 }, [EVERY]],
  [
    'an update that resolves',
    { ...INCIDENT, type_id: 8076, state_id: 4 },
    ['resolved high every Rule'],
  ],
  ['a closed incident', { ...INCIDENT, type_id: 8077 }, ['resolved high every Rule']],
  ['a part of an incident', { ...INCIDENT, type_id: 8078, state_id: 4 }, [EVERY]],
  ['a working app', STATUS, ['heartbeat']],
  ['an app that failed', { ...STATUS, status_id: 2 }, []],
  ['a working app without a time', { ...STATUS, time: 'noon' }, []],
  [
    'a status of the severity of a threat',
    { ...STATUS, severity_id: 5, message: 'x' },
    ['open high every unknown !category=1000'],
  ],
  ['a clean scan', { ...STATUS, type_id: 8020 }, ['heartbeat', 'risk minimal']],
  ['a scan that found something', { ...STATUS, type_id: 8020, num_detections: 1 }, ['heartbeat']],
  [
    'a scan with something unresolved',
    { ...STATUS, type_id: 8020, severity_id: 4, num_unresolved: 1 },
    ['open high every unknown !category=8020'],
  ],
  [
    'a compromised device',
    { ...BASE, type_id: 8061, curr_security_level_id: 3 },
    ['risk high compromised'],
  ],
  ['a device at risk', { ...BASE, type_id: 8061, curr_security_level_id: 2 }, ['risk medium']],
  [
    'an unknown level',
    { ...BASE, type_id: 8061, curr_security_level_id: 9 },
    ['risk high !riskLevel=9'],
  ],
  [
    'a noncompliant device',
    { ...BASE, type_id: 8071, severity_id: 3, device_is_compliant: false },
    ['open medium physical deviceNotCompliant'],
  ],
  [
    'a compliant device',
    { ...BASE, type_id: 8071, severity_id: 1, device_is_compliant: true },
    ['resolved medium physical deviceNotCompliant'],
  ],
];

describe.each(['sesEventExport', 'sesBlob'] as const)('an event of %s', (kind) => {
  it.each(EVENTS)('is read with %s', (_, event, expected) => {
    expect(inShort(readEvent(kind, event))).toEqual(expected);
  });
});

describe('an event of Symantec Endpoint Security', () => {
  it('offers Symantec’s own id as each that it may be, and the hardware’s', () => {
    const { identifiers } = readEvent('sesBlob', {
      ...FOUND,
      device_imei: '356938035643809',
      device_mac: 'AC-DE-48-00-11-22',
    });
    const uid = BASE.device_ref_uid.toLowerCase();
    expect(identifiers).toEqual([
      { name: 'deviceId', value: uid },
      { name: 'managedDeviceId', value: uid },
      { name: 'udid', value: uid },
      { name: 'imei', value: '356938035643809' },
      { name: 'wiFiMacAddress', value: 'AC-DE-48-00-11-22' },
    ]);
  });

  it('uses the cloud’s time if the device’s clock is wrong', () => {
    const [signal] = readEvent('sesBlob', {
      ...FOUND,
      device_time: '2039-01-01T00:00:00Z',
    }).signals;
    expect(signal?.observedDateTime).toBe(BASE.time);
  });

  it('about the same threat in the same file is the same incident, which only a detection ends', () => {
    const incidentOf = (event: object): unknown => {
      const [signal] = readEvent('sesBlob', event).signals;
      return signal?.type === 'incidentReported' ? signal.incident : undefined;
    };
    expect(incidentOf(FOUND)).toMatchObject({ isDetectionOnly: true });
    const { incidentId } = incidentOf(FOUND) as { readonly incidentId: string };
    expect(incidentOf({ ...FOUND, uuid: 'event-2', id: 1 })).toMatchObject({ incidentId });
    expect(incidentOf({ ...FOUND, file: { sha2: 'other' } })).not.toMatchObject({ incidentId });
  });

  it('is read from every public shape', () => {
    expect(fileInShort('sesEventExport', 'ses/fileDetection.json')).toEqual([
      ['resolved high application malware'],
    ]);
    expect(fileInShort('sesEventExport', 'ses/chunk.json')).toEqual([
      ['open high network manInTheMiddle'],
      ['heartbeat', 'risk minimal'],
      ['not about a phone'],
    ]);
    expect(fileInShort('sesBlob', 'ses/blob.txt')).toEqual([
      ['not about a phone'],
      ['open high every Example rule !category=Example rule'],
      ['heartbeat'],
      ['risk high compromised'],
      ['open high application unknown !time=missing'],
    ]);
  });
});
