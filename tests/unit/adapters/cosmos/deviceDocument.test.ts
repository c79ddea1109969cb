import { describe, expect, it } from 'vitest';
import {
  fromDeviceDocument,
  toDeviceDocument,
} from '../../../../shared/adapters/cosmos/deviceDocument.ts';
import { createDeviceRecord, type DeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { INCIDENT, NOW } from '../../../support/signals.ts';

const { deviceId } = createDeviceRecord('phone-1').device;
const resolved = {
  observedDateTime: NOW,
  signalId: 'a',
  value: { ...INCIDENT, status: 'resolved' },
};
/** A document as the first release wrote it. Never change it: stored documents outlive a release. */
const OF_THE_FIRST_RELEASE = {
  id: 'phone-1',
  deviceId: 'phone-1',
  isManaged: true,
  complianceState: 'noncompliant',
  operatingSystem: 'Android',
  sweepDueDateTime: '0000-01-01T00:00:00.000Z',
  silenceDueDateTime: '2026-01-01T22:10:00.000Z',
  record: {
    device: {
      deviceId: 'phone-1',
      incidents: [],
      enrolment: {
        observedDateTime: '2026-01-01T12:00:00.000Z',
        signalId: 'signal-000000',
        value: {
          isEnrolled: true,
          properties: { operatingSystem: 'Android', osVersion: '15' },
        },
      },
      heartbeat: {
        observedDateTime: '2026-01-01T12:10:00.000Z',
        signalId: 'signal-000001',
        value: {},
      },
      lastSeenDateTime: '2026-01-01T12:10:00.000Z',
    },
    evaluation: {
      isManaged: true,
      complianceState: 'noncompliant',
      partnerReportedThreatState: 'unknown',
      isSilent: false,
      evaluatedDateTime: '2026-01-01T12:10:00.000Z',
      configuredDateTime: '0000-01-01T00:00:00.000Z',
      silenceDueDateTime: '2026-01-01T22:10:00.000Z',
      policyStates: {
        'android-baseline': { noncompliantSinceDateTime: '2026-01-01T12:10:00.000Z' },
      },
    },
    beganDateTime: '2026-01-01T12:10:00.000Z',
    transitionCount: 1,
    outbox: [
      {
        id: 'phone-1:1767269400000:1',
        deviceId: 'phone-1',
        sequence: 1,
        occurredDateTime: '2026-01-01T12:10:00.000Z',
        beganDateTime: '2026-01-01T12:10:00.000Z',
        reasonCodes: ['noPartnerData'],
        type: 'transition',
        previous: { complianceState: 'unknown', partnerReportedThreatState: 'unknown' },
        current: { complianceState: 'noncompliant', partnerReportedThreatState: 'unknown' },
        lastKnown: {},
      },
    ],
    lastKnown: { complianceState: 'noncompliant' },
    toldNotices: ['policy-1/0/2026-01-01T00:00:00.000Z'],
  },
};
const recordWith = (incident: object): object => ({
  ...OF_THE_FIRST_RELEASE.record,
  device: { deviceId, incidents: [incident] },
});
const read = (record: object): DeviceRecord => fromDeviceDocument({ record }, deviceId);

describe('a stored device', () => {
  it('of the first release is read as it was meant', () => {
    expect(fromDeviceDocument(OF_THE_FIRST_RELEASE, deviceId)).toMatchObject({
      announcementCount: 1,
      sentNotices: ['policy-1/0/2026-01-01T00:00:00.000Z'],
      outbox: [{ sequence: 1 }],
    });
  });

  it('is written so that the first release can read it', () => {
    const record = fromDeviceDocument(OF_THE_FIRST_RELEASE, deviceId);
    expect(toDeviceDocument(record)).toEqual(OF_THE_FIRST_RELEASE);
  });

  it('is read with and without the arrival time of a resolution', () => {
    for (const incident of [resolved, { ...resolved, receivedDateTime: NOW }]) {
      expect(read(recordWith(incident)).device.incidents).toEqual([incident]);
    }
  });

  it('is rejected if that time is invalid, and the error names the field', () => {
    const broken = recordWith({ ...resolved, receivedDateTime: 'yesterday' });
    expect(() => read(broken)).toThrow('/device/incidents/0/receivedDateTime');
  });
});
