import { mergeSignals } from '../../shared/domain/devices/mergeSignals.ts';
import { createDevice, type Device } from '../../shared/domain/devices/device.ts';
import type { DeviceSignal, IncidentDetails } from '../../shared/domain/vocabulary/signal.ts';

export const NOW = '2026-01-01T12:10:00.000Z';
let counter = 0;

type Content<T> = T extends unknown
  ? Omit<T, 'signalId' | 'observedDateTime' | 'receivedDateTime' | 'deviceId'>
  : never;

/** A signal that was observed and received at `at`. */
export function signalOf(
  content: Content<DeviceSignal>,
  at: string = NOW,
  deviceId = 'phone-1',
): DeviceSignal {
  counter += 1;
  const id = `signal-${String(counter).padStart(6, '0')}`;
  return {
    signalId: id,
    observedDateTime: at,
    receivedDateTime: at,
    deviceId,
    ...content,
  };
}

export const INCIDENT: IncidentDetails = {
  incidentId: 'incident-1',
  category: 'application',
  threatType: 'malware',
  severity: 'high',
  detectedDateTime: NOW,
};

export const ENROLLED = {
  type: 'enrolled',
  properties: { operatingSystem: 'Android', osVersion: '15' },
} as const;

export function deviceOf(...signals: readonly DeviceSignal[]): Device {
  return mergeSignals(createDevice('phone-1'), signals);
}

/** The signals that make a device enrolled, activated and assessed as healthy. */
export function healthySignals(deviceId = 'phone-1', at: string = NOW): DeviceSignal[] {
  return [
    signalOf(ENROLLED, at, deviceId),
    signalOf({ type: 'activated' }, at, deviceId),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at, deviceId),
  ];
}

/** A device that is enrolled, activated and assessed as healthy. */
export function healthyDevice(at: string = NOW): Device {
  return deviceOf(...healthySignals('phone-1', at));
}
