import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formerUserKeys, toUserKey } from '../../shared/adapters/cosmos/deviceDocument.ts';
import { toMacAddress } from '../../shared/base/macAddress.ts';
import { withAssignmentIds } from '../../shared/core/configuration/readAssignments.ts';
import { withConditionNames } from '../../shared/core/configuration/withConditionNames.ts';
import { fromAccessRequestBody } from '../../shared/core/decisions/accessRequest.ts';
import { toOwnerMark } from '../../shared/core/decisions/toOwnerMark.ts';
import { toIdentifier } from '../../shared/core/devices/toIdentifier.ts';
import { withOneSpelling } from '../../shared/core/devices/withOneSpelling.ts';
import { readManagedDevice } from '../../shared/core/enrolment/intuneDevice.ts';
import type { AccessContext } from '../../shared/domain/access/accessContext.ts';
import { namedGroups } from '../../shared/domain/compliance/namedGroups.ts';
import { createDevice } from '../../shared/domain/devices/device.ts';
import { compareOsVersions } from '../../shared/domain/vocabulary/osVersion.ts';
import { requireRadiusDevice } from '../../shared/edge/callers/freeradius/requireRadiusDevice.ts';
import { fromClientCertificate } from '../../shared/edge/callers/fromClientCertificate.ts';
import { fromProxyHeaders } from '../../shared/edge/callers/fromProxyHeaders.ts';
import { fromNacQuery } from '../../shared/edge/callers/nac/nacQuery.ts';
import { subjectKeysOf, toSubjectKeys } from '../../shared/edge/eventStreams/subject.ts';
import type { HttpRequest } from '../../shared/edge/http/http.ts';
import { requireDeviceId } from '../../shared/edge/http/requireDeviceId.ts';
import { accessPolicy, decide, withPolicies, type Conditions } from '../support/accessPolicies.ts';
import { assessedDevice, given, stateAndCodes } from '../support/given.ts';
import { NOW } from '../support/signals.ts';
import {
  guids,
  macAddresses,
  peoplesNames,
  versions,
  type TwoSpellings,
} from '../support/spellings.ts';

/** The first two spellings of one name with which `door` has two results; `undefined` if it has one for all. */
function findDifference(
  spellings: fc.Arbitrary<TwoSpellings>,
  door: (name: string) => unknown,
): TwoSpellings | undefined {
  const isSame = ([a, b]: TwoSpellings): boolean => isDeepStrictEqual(door(a), door(b));
  return fc.check(fc.property(spellings, isSame)).counterexample?.[0];
}

const request = (query: object, headers: Readonly<Record<string, string>> = {}): HttpRequest =>
  ({
    query: new URLSearchParams({ ...query }),
    headers: new Headers(headers),
  }) as unknown as HttpRequest;

const EVERYTHING = { includeApplications: ['All'] };

/** Whether a policy with these conditions blocks a healthy device with this enrolment. */
function isBlockedBy(
  conditions: Partial<Conditions>,
  enrolment: Parameters<typeof assessedDevice>[0] = {},
  context: Partial<AccessContext> = {},
): string {
  const policy = accessPolicy('named', { applications: EVERYTHING, ...conditions }, 'block');
  return decide(assessedDevice(enrolment), withPolicies(policy), {
    resource: 'wifi',
    identifiedBy: 'deviceId',
    ...context,
  }).decision;
}

describe('two spellings of a device id are the same', () => {
  const doors: Readonly<Record<string, (deviceId: string) => unknown>> = {
    'in a new record': createDevice,
    'in a route': requireDeviceId,
    'in an access request': (deviceId) =>
      fromAccessRequestBody(
        Buffer.from(JSON.stringify({ device: { deviceId }, resource: 'wifi' })),
      ),
    'in the header of a proxy': (deviceId) =>
      fromProxyHeaders(request({}, { 'x-device-id': deviceId }), 'proxy', []),
    'in the certificate of a trusted proxy': (deviceId) =>
      fromClientCertificate(
        new Headers({ 'x-forwarded-client-cert': `Hash=a;URI=IntuneDeviceId://${deviceId}` }),
      ),
    'in a certificate with both spellings': (deviceId) =>
      fromClientCertificate(
        new Headers({
          'x-forwarded-client-cert': `URI=IntuneDeviceId://${deviceId};URI=IntuneDeviceId://${deviceId.toLowerCase()}`,
        }),
      ),
    'in the certificate of FreeRADIUS': (deviceId) =>
      requireRadiusDevice(request({ certificateUri: `IntuneDeviceId://${deviceId}` }), 'radius', [
        'radius',
      ]),
    'in the query of a NAC': (deviceId) =>
      fromNacQuery(request({ querycriteria: 'deviceid', value: deviceId })),
    'in Graph': (azureADDeviceId) =>
      readManagedDevice({ id: 'm', azureADDeviceId, operatingSystem: 'iOS', osVersion: '18' }),
    'in a removed subject': (id) => toSubjectKeys({ format: 'opaque', id }, 'issuer').key,
  };

  it.each(Object.entries(doors))('%s', (_, door) => {
    expect(findDifference(guids, door)).toBeUndefined();
  });

  it('in the name of a trusted proxy', () => {
    fc.assert(
      fc.property(guids, ([named, proxy]) => {
        const headers = { 'x-forwarded-client-cert': 'Hash=a;URI=IntuneDeviceId://phone-1' };
        expect(fromProxyHeaders(request({}, headers), proxy, [named])).toMatchObject({
          identifiedBy: 'clientCertificate',
        });
      }),
    );
  });

  it('in a subject that was removed, also by an older release', () => {
    fc.assert(
      fc.property(guids, ([removed, announced]) => {
        const subject = { format: 'opaque', id: removed };
        const keys = subjectKeysOf({ deviceId: announced } as never);
        expect(keys).toContain(toSubjectKeys(subject, 'issuer').key);
        expect(keys).toContain(`subject:device:${announced}`);
      }),
    );
  });
});

describe('two spellings of a group id are the same', () => {
  const groupTarget = (groupId: string, type = 'groupAssignmentTarget') =>
    ({ target: { '@odata.type': `#microsoft.graph.${type}`, groupId } }) as never;
  const everyDevice = {
    target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' },
  } as never;

  it.each([
    ['in an assignment', (group: string) => [groupTarget(group)], 'noncompliant'],
    [
      'in an exclusion',
      (group: string) => [everyDevice, groupTarget(group, 'exclusionGroupAssignmentTarget')],
      'unassigned',
    ],
  ])('%s', (_, assign, expected) => {
    fc.assert(
      fc.property(guids, ([named, enrolled]) => {
        const policy = { osMinimumVersion: '99', assignments: assign(named) };
        const device = assessedDevice({ groupIds: [enrolled] });
        const [, ...codes] = stateAndCodes({ device }, given({ policy }), NOW);
        expect(codes.includes('osVersionTooOld') ? 'noncompliant' : 'unassigned').toBe(expected);
      }),
    );
  });

  it('in the condition of an access policy', () => {
    fc.assert(
      fc.property(guids, ([named, enrolled]) => {
        const enrolment = { groupIds: [enrolled] };
        expect(isBlockedBy({ users: { includeGroups: [named] } }, enrolment)).toBe('block');
        const users = { includeUsers: ['All'], excludeGroups: [named] };
        expect(isBlockedBy({ users }, enrolment)).toBe('allow');
      }),
    );
  });

  it('in what is stored and in what Graph is asked', () => {
    expect(
      findDifference(guids, (group) =>
        withOneSpelling({ ...PHONE, groupIds: [group, group.toLowerCase()] }),
      ),
    ).toBeUndefined();
    expect(
      findDifference(guids, (group) => withAssignmentIds('policy', [groupTarget(group)])),
    ).toBeUndefined();
    expect(
      findDifference(guids, (group) =>
        withConditionNames({ applications: EVERYTHING, users: { includeGroups: [group] } }),
      ),
    ).toBeUndefined();
    expect(
      findDifference(guids, (group) =>
        namedGroups(given({ policy: { assignments: [groupTarget(group)] } })),
      ),
    ).toBeUndefined();
  });
});

const PHONE = { operatingSystem: 'iOS', osVersion: '18' } as const;

describe('two spellings of a user are the same', () => {
  it('in the condition of an access policy', () => {
    fc.assert(
      fc.property(peoplesNames, ([named, user]) => {
        const conditions = { users: { includeUsers: [`${named}@acme.example`] } };
        const userPrincipalName = `${user}@ACME.example`;
        expect(isBlockedBy(conditions, { userPrincipalName })).toBe('block');
        expect(isBlockedBy(conditions, {}, { userPrincipalName })).toBe('block');
      }),
    );
    fc.assert(
      fc.property(guids, ([named, userId]) => {
        expect(isBlockedBy({ users: { includeUsers: [named] } }, { userId })).toBe('block');
      }),
    );
  });

  it('in the owner of a ticket, the key of a list, and a removed subject', () => {
    expect(
      findDifference(peoplesNames, (userPrincipalName) =>
        toOwnerMark({ ...PHONE, userPrincipalName }),
      ),
    ).toBeUndefined();
    expect(findDifference(guids, (userId) => toOwnerMark({ ...PHONE, userId }))).toBeUndefined();
    expect(findDifference(peoplesNames, toUserKey)).toBeUndefined();
    expect(
      findDifference(
        peoplesNames,
        (user) => toSubjectKeys({ format: 'email', email: `${user}@acme.example` }, 'issuer').key,
      ),
    ).toBeUndefined();
  });

  it('in a list of documents that an older release stored in small letters', () => {
    for (const stored of ['Jürgen@acme.example', 'Ada@contoso.example'])
      for (const form of ['NFC', 'NFD'])
        expect(formerUserKeys(stored.toUpperCase())).toContain(
          stored.toLowerCase().normalize(form),
        );
  });
});

it('two spellings of a company app are the same in the condition of an access policy', () => {
  fc.assert(
    fc.property(peoplesNames, ([named, asked]) => {
      const applications = { includeApplications: [`companyApp:${named}`] };
      const resource = `companyApp:${asked}` as const;
      expect(isBlockedBy({ applications }, {}, { resource })).toBe('block');
      const except = { includeApplications: ['All'], excludeApplications: [`companyApp:${named}`] };
      expect(isBlockedBy({ applications: except }, {}, { resource })).toBe('allow');
    }),
  );
});

describe('two notations of a MAC address are the same', () => {
  const identifierOf = (value: string): string => toIdentifier('wiFiMacAddress', value);
  const doors: Readonly<Record<string, (mac: string) => unknown>> = {
    'in an identifier': identifierOf,
    'in what is stored': (wiFiMacAddress) => withOneSpelling({ ...PHONE, wiFiMacAddress }),
    'in Graph': (wiFiMacAddress) =>
      readManagedDevice({
        id: 'm',
        azureADDeviceId: 'phone-1',
        operatingSystem: 'iOS',
        osVersion: '18',
        wiFiMacAddress,
      }),
    'in a request of FreeRADIUS': (mac) =>
      identifierOf(requireRadiusDevice(request({ mac }), 'radius', []).value),
    'in the query of a NAC': (value) => {
      const query = fromNacQuery(request({ querycriteria: 'macaddress', value }));
      return query.kind === 'devices' && query.devices.map((each) => identifierOf(each.value));
    },
  };

  it.each(Object.entries(doors))('%s', (_, door) => {
    expect(findDifference(macAddresses, door)).toBeUndefined();
  });

  it('and have one form', () => {
    expect(toMacAddress('0200.5ea5.9148')).toBe('02:00:5E:A5:91:48');
    expect(toMacAddress('0200.5ea5')).toBeUndefined();
  });
});

it('two spellings of a version are equal', () => {
  const areEqual = fc.property(versions, ([a, b]) => compareOsVersions(a, b) === 0);
  expect(fc.check(areEqual).counterexample).toBeNull();
});
