import type { Chance } from './chance.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE, SECOND } from './history.ts';
import type { EventOf, SimulatedEvent } from './simulatedEvent.ts';

/** A record has room for forty. */
const MIN_INCIDENTS = 44;
const MORE_INCIDENTS = 4;
const MAX_OF_HIGH_SEVERITY = 4;

/**
 * A device with more open incidents than its record has room for. Most are resolved, and sometimes SEP Mobile judges
 * the device again afterwards.
 */
export function createOverflow(deviceId: string, chance: Chance): readonly SimulatedEvent[] {
  const { whole, happens, pick } = chance;
  const count = MIN_INCIDENTS + whole(MORE_INCIDENTS);
  const high = whole(MAX_OF_HIGH_SEVERITY);
  const usual = pick(['low', 'medium'] as const);
  // The oldest ones, for which there is the least room.
  const left = new Set(Array.from({ length: whole(4) }, (_, number) => high + number));
  const at = (
    number: number,
    moment: number,
  ): Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'> => ({
    id: `${deviceId}-${String(number)}`,
    deviceId,
    observed: BEGINNING + moment,
    reported: BEGINNING + moment + whole(20) * SECOND,
  });
  const incidents = Array.from({ length: count }, (_, number): readonly EventOf<'incident'>[] => {
    const incident = {
      type: 'incident',
      incidentId: `${deviceId}-incident-${String(number)}`,
      severity: number < high ? 'high' : usual,
    } as const;
    const opened = at(
      100 + number,
      2 * MINUTE + (left.has(number) ? 0 : 1 + whole(3 * 60)) * SECOND,
    );
    const resolved = at(200 + number, 7 * MINUTE + whole(4 * 60) * SECOND);
    return [
      { ...opened, ...incident, status: 'open' },
      ...(left.has(number) ? [] : [{ ...resolved, ...incident, status: 'resolved' } as const]),
    ];
  });
  return [
    { ...at(0, 0), type: 'enrolled' },
    { ...at(1, MINUTE), type: 'activated' },
    { ...at(2, MINUTE), type: 'risk', riskLevel: 'minimal' },
    ...incidents.flat(),
    ...(happens(0.3)
      ? [{ ...at(3, ACTIVE_PERIOD - MINUTE), type: 'risk', riskLevel: 'minimal' } as const]
      : []),
  ];
}
