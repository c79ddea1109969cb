import { describe, expect, it } from 'vitest';
import { fileInShort, inShort, readEvent } from '../../../support/readEvents.ts';

const THREAT = {
  id: 'event-1',
  type: 'THREAT',
  change_type: 'CREATED',
  created_time: '2026-01-01T12:09:00.000+00:00',
  threat: {
    guid: 't-1',
    status: 'OPEN',
    severity: 'HIGH',
    type: 'APPLICATION',
    classifications: ['TROJAN'],
  },
  actor: { guid: 'phone-1', type: 'DEVICE' },
};
const OPEN = 'open high application malware';
const OVER = 'resolved high application malware';
const threat = (changes: object, more: object = {}): object => ({
  ...THREAT,
  ...more,
  threat: { ...THREAT.threat, ...changes },
});
const state = (status: object, more: object = {}): object => ({
  ...THREAT,
  type: 'DEVICE',
  threat: undefined,
  device: { guid: 'phone-1', status },
  ...more,
});

const EVENTS: readonly (readonly [string, object, readonly string[]])[] = [
  ['a threat', THREAT, [OPEN]],
  ['its end', threat({ status: 'RESOLVED' }), [OVER]],
  ['its end in a console', threat({ status: 'ignored' }), [OVER]],
  ['its removal', threat({}, { change_type: 'DELETED' }), [OVER]],
  ['its end without a time', threat({ status: 'RESOLVED' }, { created_time: null }), []],
  ['no status', threat({ status: null }), [OPEN]],
  ['an unknown status', threat({ status: 'PAUSED' }), [`${OPEN} !state=PAUSED`]],
  ['a medium one', threat({ severity: 'MEDIUM' }), ['open medium application malware']],
  ['one that does not count', threat({ severity: 'NONE' }), [OVER]],
  ['a risk worse than its severity', threat({ severity: 'LOW', risk: 'CRITICAL' }), [OPEN]],
  ['an unknown severity', threat({ severity: 'PINK' }), [`${OPEN} !severity=PINK`]],
  ['no severity', threat({ severity: null }), [`${OPEN} !severity=missing`]],
  [
    'an unknown classification',
    threat({ classifications: ['ODD'] }),
    ['open high application ODD'],
  ],
  [
    'a known one behind an unknown one',
    threat({ classifications: ['ODD', 'SPY'] }),
    ['open high application spyware'],
  ],
  [
    'a jailbreak',
    threat({ type: 'OS', classifications: ['ROOT_JAILBREAK'] }),
    ['open high physical jailbrokenOrRooted'],
  ],
  ['an old system', threat({ type: 'OS', classifications: null }), ['open high vulnerability OS']],
  [
    'an attack',
    threat({ type: 'NETWORK', classifications: ['ACTIVE_MITM'] }),
    ['open high network manInTheMiddle'],
  ],
  [
    'an unknown type',
    threat({ type: 'ALIENS', classifications: [] }),
    ['open high every ALIENS !category=ALIENS'],
  ],
  ['no time', threat({}, { created_time: undefined }), [`${OPEN} !time=missing`]],
  ['a secure device', state({ security_status: 'SECURE' }), ['risk minimal']],
  ['a device at risk', state({ security_status: 'THREATS_MEDIUM' }), ['risk medium']],
  ['the older words', state({ security_status: 'THREAT_HIGH' }), ['risk high']],
  [
    'an unknown level',
    state({ security_status: 'THREATS_ODD' }),
    ['risk high !riskLevel=THREATS_ODD'],
  ],
  [
    'a secure device of an unknown time',
    state({ security_status: 'SECURE' }, { created_time: 'x' }),
    [],
  ],
  [
    'an active device',
    state({
      security_status: 'SECURE',
      activation_status: 'ACTIVATED',
      protection_status: 'PROTECTED',
    }),
    ['risk minimal', 'activated'],
  ],
  ['a deactivated one', state({ activation_status: 'DEACTIVATED' }), ['deactivated']],
  [
    'one without the app',
    state({ activation_status: 'ACTIVATED', protection_status: 'UNINSTALLED' }),
    ['deactivated'],
  ],
  [
    'an unknown protection',
    state({ protection_status: 'HALF' }),
    ['risk minimal compromised !healthState=HALF'],
  ],
  ['a removed device', state({}, { change_type: 'DELETED' }), ['deactivated']],
  [
    'its last check-in',
    {
      ...state({ security_status: 'SECURE' }),
      device: { guid: 'p', security_status: 'SECURE', checkin_time: '2026-01-01T12:00:00Z' },
    },
    ['risk minimal', 'heartbeat'],
  ],
  ['a device without a state', state({}), ['unreadable event !type=DEVICE']],
  ['a threat without a threat', { ...THREAT, threat: 'none' }, ['unreadable event !type=THREAT']],
  [
    'an unknown type of event',
    { ...THREAT, type: 'ODD', threat: null },
    ['unreadable event !type=ODD'],
  ],
  ['a change of a policy', { ...THREAT, type: 'AUDIT' }, ['not about a phone']],
];

describe('an event of Lookout', () => {
  it.each(EVENTS)('is read with %s', (_, event, expected) => {
    expect(inShort(readEvent('lookout', event))).toEqual(expected);
  });

  it.each([
    ['the device that acts', {}, [['deviceId', 'phone-1']]],
    [
      'the MDM’s id and the customer’s own',
      {
        device: { guid: 'g', customer_device_id: 'S-1', details: { external_id: 'M-1' } },
        actor: null,
      },
      [
        ['deviceId', 'S-1'],
        ['deviceId', 'M-1'],
        ['deviceId', 'g'],
        ['managedDeviceId', 'S-1'],
        ['managedDeviceId', 'M-1'],
        ['serialNumber', 'S-1'],
        ['serialNumber', 'M-1'],
        ['udid', 'S-1'],
        ['udid', 'M-1'],
      ],
    ],
    ['nothing, if an administrator acts', { actor: { guid: 'a', type: 'ADMIN' } }, []],
  ])('names %s', (_, changes, expected) => {
    const { identifiers } = readEvent('lookout', { ...THREAT, ...changes });
    expect(identifiers.map(({ name, value }) => [name, value])).toEqual(expected);
  });

  it('is read from every public shape', () => {
    const read = (name: string): unknown => fileInShort('lookout', `lookout/${name}.json`);
    expect(read('threat')).toEqual([[OPEN]]);
    expect(read('device')).toEqual([['risk high', 'activated', 'heartbeat']]);
    expect(read('flat')).toEqual([
      ['open high physical jailbrokenOrRooted', 'risk medium', 'activated'],
    ]);
    expect(read('smishing')).toEqual([['open high network phishingSite']]);
    expect(read('audit')).toEqual([['not about a phone']]);
  });
});
