import type { Chance } from './chance.ts';
import { SHARED_SERIAL, SHARED_USER, toOddName } from './createEnrolment.ts';
import { toOddGuid } from './oddGuid.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE, RESOURCES, type Question } from './history.ts';

const MAX_QUESTIONS = 4;
/** Each further device makes a history slower. */
const MAX_ASKED = 3;

/** Questions at any moment of the active period, about one device, all with a serial number, or all of a user. */
export function createQuestions(deviceIds: readonly string[], chance: Chance): readonly Question[] {
  const { whole, pick } = chance;
  return Array.from({ length: 1 + whole(MAX_QUESTIONS) }, (): Question => ({
    at: BEGINNING + whole(ACTIVE_PERIOD + 5 * MINUTE),
    resource: pick(RESOURCES),
    ...toSpelled(createSubject(deviceIds, chance), chance),
  })).toSorted((a, b) => a.at - b.at);
}

/** A question of each kind about these devices. */
export function everyQuestion(
  deviceIds: readonly string[],
  at: number,
  chance: Chance,
): readonly Question[] {
  return [
    ...deviceIds.slice(0, MAX_ASKED).map((value) => ({ by: 'deviceId', value }) as const),
    { by: 'serialNumber', value: `serial-of-${chance.pick(deviceIds)}` } as const,
    { by: 'serialNumber', value: SHARED_SERIAL } as const,
    { by: 'userPrincipalName', value: SHARED_USER } as const,
  ]
    .map((subject): Question => ({
      at,
      resource: chance.pick(RESOURCES),
      ...toSpelled(subject, chance),
    }))
    .concat({
      at,
      resource: 'exchangeOnline',
      ...toSpelled({ by: 'serialNumber', value: SHARED_SERIAL }, chance),
    });
}

type Named = Pick<Question, 'by' | 'value'>;

function toSpelled(named: Named, chance: Chance): Named & Pick<Question, 'written'> {
  const { by, value } = named;
  const written = by === 'userPrincipalName' ? toOddName(value, chance) : toOddGuid(value, chance);
  return { ...named, written };
}

function createSubject(deviceIds: readonly string[], chance: Chance): Named {
  const { random, pick } = chance;
  const dice = random();
  if (dice < 0.4) return { by: 'deviceId', value: pick(deviceIds) };
  if (dice < 0.5) return { by: 'serialNumber', value: `serial-of-${pick(deviceIds)}` };
  if (dice < 0.8) return { by: 'serialNumber', value: SHARED_SERIAL };
  return { by: 'userPrincipalName', value: SHARED_USER };
}
