import type { Chance } from './chance.ts';
import { BEGINNING, MINUTE, SECOND, type Rename } from './history.ts';
import type { SimulatedEvent } from './simulatedEvent.ts';
import { toCloudEvent } from './toCloudEvent.ts';

/** What the vendor writes in place of a severity, from one day to the next. */
export const NEW_WORD = 'critical';
const AT = BEGINNING + 8 * MINUTE;

/** A fleet of healthy devices, each of which has an incident of a new severity within two minutes. */
export function createRenamed(
  deviceIds: readonly string[],
  { whole }: Chance,
): readonly SimulatedEvent[] {
  return deviceIds.flatMap((deviceId): readonly SimulatedEvent[] => {
    const at = (
      number: number,
      moment: number,
    ): Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'> => ({
      id: `${deviceId}-${String(number)}`,
      deviceId,
      observed: moment,
      reported: moment,
    });
    const incident = {
      ...at(3, AT + whole(120) * SECOND),
      type: 'incident',
      incidentId: `${deviceId}-incident`,
      severity: 'high',
      status: 'open',
      isDoubtful: true,
    } as const;
    const plain = toCloudEvent(incident) as { readonly data: object };
    return [
      { ...at(0, BEGINNING + whole(60) * SECOND), type: 'enrolled' },
      { ...at(1, BEGINNING + MINUTE), type: 'activated' },
      { ...at(2, BEGINNING + 2 * MINUTE), type: 'risk', riskLevel: 'minimal' },
      { ...incident, wire: { ...plain, data: { ...plain.data, severity: NEW_WORD } } },
    ];
  });
}

/** How the rename ends: by an operator's word for it, or not at all. */
export function createRenameEnding({ pick }: Chance): Rename {
  return { at: AT, meaning: pick([undefined, undefined, 'high', 'nothing'] as const) };
}
