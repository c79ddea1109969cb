import type { Chance } from './chance.ts';
import { BEGINNING, MINUTE, SECOND, type Breaker } from './history.ts';
import type { SimulatedEvent } from './simulatedEvent.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** How much earlier one device fell silent: it is lost, whatever happens to the others. */
const LOST_EARLIER = 5 * HOUR;

/** The first moment at which a device of the fleet would be silent. */
export const FIRST_DEADLINE = BEGINNING + MINUTE + DAY;
/** When the devices that come back do so. */
export const RETURN = FIRST_DEADLINE + 2 * HOUR;

/** A fleet that falls silent within two minutes, a day after its last words. */
export function createSilentFleet(
  deviceIds: readonly string[],
  { ending }: Breaker,
  { whole }: Chance,
): readonly SimulatedEvent[] {
  return deviceIds.flatMap((deviceId, index): readonly SimulatedEvent[] => {
    const seen = BEGINNING + MINUTE + whole(120) * SECOND;
    const at = (
      number: number,
      reported: number,
      observed = reported,
    ): Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'> => ({
      id: `${deviceId}-${String(number)}`,
      deviceId,
      observed,
      reported,
    });
    const isLost = index === 0;
    return [
      { ...at(0, BEGINNING + whole(60) * SECOND), type: 'enrolled' },
      { ...at(1, seen, isLost ? seen - LOST_EARLIER : seen), type: 'activated' },
      { ...at(2, seen), type: 'risk', riskLevel: 'minimal' },
      ...(ending === 'return' && !isLost ? [{ ...at(3, RETURN), type: 'heartbeat' } as const] : []),
    ];
  });
}

export function createBreakerEnding({ pick, happens }: Chance): Breaker {
  return { ending: pick(['time', 'confirmation', 'return'] as const), isSweepDead: happens(0.25) };
}
