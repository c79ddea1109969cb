import type { SimulatedEvent } from './simulatedEvent.ts';

/** The `source` of the partner's events. */
export const SOURCE = 'sepmobile';

/** The event as a CloudEvent in its plain form. */
export function toCloudEvent(event: SimulatedEvent): object {
  const { id, observed } = event;
  return {
    specversion: '1.0',
    id,
    source: SOURCE,
    time: new Date(observed).toISOString(),
    datacontenttype: 'application/json',
    type: toEventType(event),
    data: toData(event),
  };
}

export function toEventType(
  event: Pick<SimulatedEvent, 'type'> & { readonly status?: 'open' | 'resolved' },
): string {
  if (event.type !== 'incident') return `sepmobile.device.${event.type}`;
  return `sepmobile.incident.${event.status === 'open' ? 'opened' : 'resolved'}`;
}

export function toData(event: SimulatedEvent): object {
  const { deviceId, observed } = event;
  if (event.type === 'risk')
    return { deviceId, riskLevel: event.riskLevel, healthState: event.health };
  if (event.type !== 'incident') return { deviceId };
  const time = new Date(observed).toISOString();
  return {
    deviceId,
    incidentId: event.incidentId,
    category: event.category ?? 'application',
    threatType: 'somethingNew',
    severity: event.severity,
    detectedDateTime: time,
    ...(event.status === 'resolved' ? { resolvedDateTime: time } : {}),
  };
}
