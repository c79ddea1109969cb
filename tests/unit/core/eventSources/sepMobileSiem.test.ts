import { describe, expect, it } from 'vitest';
import { bodyInShort, fileInShort, inShort, readEvent } from '../../../support/readEvents.ts';

const ALERT = {
  type: 'Malware',
  sub_type: 'Malicious app',
  event_type: 'opened',
  severity: 'High',
  id: 77,
  timestamp: '2026-01-01T12:09:00.000+0000',
  package_name: 'org.example.game',
  device: { serial_number: 'R5CT-0002-8814' },
};
const OPEN = 'open high application malware';
const without = (name: keyof typeof ALERT): object => ({ ...ALERT, [name]: undefined });

const EVENTS: readonly (readonly [string, object, readonly string[]])[] = [
  ['malware', ALERT, [OPEN]],
  ['an id as a text', { ...ALERT, id: '77' }, [OPEN]],
  ['no user', { ...ALERT, user: null }, [OPEN]],
  ['a user without a name', { ...ALERT, user: { email: null, name: null } }, [OPEN]],
  ['a user in the device', { ...ALERT, device: { ...ALERT.device, user: null } }, [OPEN]],
  ['words in any case', { ...ALERT, type: ' MALWARE ', severity: 'hIGH' }, [OPEN]],
  ['an update', { ...ALERT, event_type: 'updated' }, [OPEN]],
  ['no state', without('event_type'), [OPEN]],
  ['no id', without('id'), [OPEN]],
  ['its end', { ...ALERT, event_type: 'Closed' }, ['resolved high application malware']],
  ['an end without a time', { ...ALERT, event_type: 'closed', timestamp: null }, []],
  [
    'an unwanted app',
    { ...ALERT, type: 'UnwantedApp', sub_type: null, severity: 'low' },
    ['open low application unwantedApp'],
  ],
  [
    'a network threat',
    { ...ALERT, type: 'Network', sub_type: 'SSL decryption', severity: 'medium' },
    ['open medium network sslDecryption'],
  ],
  [
    'a compromised device',
    { ...ALERT, type: 'DeviceCompromised', sub_type: undefined },
    ['open high physical jailbrokenOrRooted'],
  ],
  [
    'an old system, with the alert’s own name',
    { ...ALERT, type: 'VulnerableOs', sub_type: 'CVE-2025-1234' },
    ['open high vulnerability CVE-2025-1234'],
  ],
  ['an unknown severity', { ...ALERT, severity: 'Purple' }, [`${OPEN} !severity=Purple`]],
  ['no severity', without('severity'), [`${OPEN} !severity=missing`]],
  ['a severity of another type', { ...ALERT, severity: { a: 1 } }, [`${OPEN} !severity=object`]],
  ['an unknown state', { ...ALERT, event_type: 'sighted' }, [`${OPEN} !state=sighted`]],
  [
    'an unknown defence',
    { ...ALERT, type: 'Aliens', sub_type: 'Saucer' },
    ['open high every Saucer !category=Aliens'],
  ],
  ['no time', without('timestamp'), [`${OPEN} !time=missing`]],
  ['an unreadable time', { ...ALERT, timestamp: 'noon' }, [`${OPEN} !time=noon`]],
  [
    'a time ahead of ours, which a lesser severity cannot use',
    { ...ALERT, severity: 'low', timestamp: '2026-01-02T00:00:00.000+0000' },
    [`${OPEN} !time=future`],
  ],
  ['a healthy app beside an alert', { ...ALERT, health_status: 'healthy' }, [OPEN, 'risk minimal']],
  [
    'an unknown state of health',
    { ...ALERT, health_status: 'wobbly' },
    [OPEN, 'risk minimal compromised !healthState=wobbly'],
  ],
  [
    'an unknown warning',
    { ...ALERT, device: { ...ALERT.device, current_risk_warnings: ['odd app'] } },
    [OPEN, 'risk high !riskLevel=odd app'],
  ],
  ['a switched off app', { device: ALERT.device, health_status: 'unprotected' }, ['deactivated']],
  ['no news at all', { device: ALERT.device }, ['unreadable event !type=missing']],
];

describe('an event of SEP Mobile’s SIEM export', () => {
  it.each(EVENTS)('is read with %s', (_, event, expected) => {
    expect(inShort(readEvent('sepMobileSiem', event))).toEqual(expected);
  });

  it.each([
    '2026-01-01T12:09:00.000+0000',
    '2026-01-01 12:09:00.000 +0000',
    '2026-01-01T13:09:00.000+0100',
    '2026-01-01T12:09:00Z',
    '01 01 2026 12:09:00 UTC',
    1_767_269_340_000,
    1_767_269_340,
    '1767269340000',
    '1767269340',
    { $date: 1_767_269_340_000 },
    { $date: { $numberLong: '1767269340000' } },
  ])('has its time in the form %j', (timestamp) => {
    const [signal] = readEvent('sepMobileSiem', { ...ALERT, timestamp }).signals;
    expect(signal?.observedDateTime).toBe('2026-01-01T12:09:00.000Z');
  });

  it.each([
    ['serial number alone', { serial_number: 'S-1' }, [['serialNumber', 'S-1']]],
    ['UDID alone', { udid: '00008140-1', serial_number: null }, [['udid', '00008140-1']]],
    ['placeholder', { serial_number: 'unknown', imei: '000000000000000' }, []],
    ['number for an IMEI', { imei: 356_938_035_643_809 }, [['imei', '356938035643809']]],
    [
      'identifier of no known kind',
      { identifier: 'X-1', udid: 'U-1' },
      [
        ['deviceId', 'X-1'],
        ['managedDeviceId', 'X-1'],
        ['serialNumber', 'X-1'],
        ['udid', 'U-1'],
        ['udid', 'X-1'],
      ],
    ],
    [
      'MAC address',
      { mac_address: 'aa:bb:cc:dd:ee:01' },
      [['wiFiMacAddress', 'aa:bb:cc:dd:ee:01']],
    ],
  ])('names its device by a %s', (_, device, expected) => {
    const { identifiers } = readEvent('sepMobileSiem', { ...ALERT, device });
    expect(identifiers.map(({ name, value }) => [name, value])).toEqual(expected);
  });

  it('is one fact, however often it comes, and its end is another', () => {
    const idOf = (event: object): unknown => readEvent('sepMobileSiem', event).signals[0]?.signalId;
    expect(idOf(ALERT)).toBe(idOf({ ...ALERT, user: null }));
    expect(idOf(ALERT)).not.toBe(idOf({ ...ALERT, event_type: 'closed' }));
  });

  it('counts as an operator says, before the row', () => {
    const overrides = { severity: { high: 'low' }, event_type: { sighted: 'resolved' } };
    expect(inShort(readEvent('sepMobileSiem', ALERT, overrides))).toEqual([
      'open low application malware',
    ]);
    const sighted = readEvent('sepMobileSiem', { ...ALERT, event_type: ' Sighted ' }, overrides);
    expect([inShort(sighted), sighted.unmapped]).toEqual([
      ['resolved low application malware'],
      [],
    ]);
  });

  it('leaves words without a row verbatim', () => {
    const { unmapped } = readEvent('sepMobileSiem', { ...ALERT, sub_type: 'New', severity: 'Odd' });
    expect(unmapped).toEqual([
      { field: 'sub_type', word: 'New' },
      { field: 'severity', word: 'Odd' },
    ]);
  });

  it('is read from every public shape', () => {
    expect(fileInShort('sepMobileSiem', 'sepMobileSiem/malware.json')).toEqual([
      ['open high application malware', 'risk minimal'],
    ]);
    expect(fileInShort('sepMobileSiem', 'sepMobileSiem/events.txt')).toEqual([
      ['open high network sslDecryption'],
      ['open low application unwantedApp'],
      ['open high physical jailbrokenOrRooted'],
      ['resolved medium vulnerability CVE-2025-1234'],
      ['open high application malware !time=missing'],
    ]);
  });

  it('marks its device, even if it is cut behind the identifier', () => {
    const cut = '{"product_name":"SEP Mobile","device":{"serial_number":"S-1","name":"Pix';
    expect(bodyInShort('sepMobileSiem', cut)).toEqual([['unreadable event !type=missing']]);
  });
});
