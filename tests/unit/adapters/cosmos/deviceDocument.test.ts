import { describe, expect, it } from 'vitest';
import { fromDeviceDocument } from '../../../../shared/adapters/cosmos/deviceDocument.ts';
import { createDeviceRecord, type DeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { INCIDENT, NOW } from '../../../support/signals.ts';

const { deviceId } = createDeviceRecord('phone-1').device;
const resolved = {
  observedDateTime: NOW,
  signalId: 'a',
  value: { ...INCIDENT, status: 'resolved' },
};
const recordWith = (incident: object): object => ({
  ...createDeviceRecord(deviceId),
  device: { deviceId, incidents: [incident] },
});
const read = (record: object): DeviceRecord => fromDeviceDocument({ record }, deviceId);

describe('a stored device', () => {
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
