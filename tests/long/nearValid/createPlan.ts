import { createDice } from '../../support/createDice.ts';
import { toDice, type Dice } from '../fuzz/mutate.ts';
import { chooseMutation } from './chooseMutation.ts';
import { mutated, type Mutation } from './mutation.ts';
import { after, BYSTANDER, PHONE, type Item, type Json, type Plan, type Step } from './plan.ts';
import { sampleEvent, sampleReport, toEvent } from './sampleItem.ts';

const MIN_STEPS = 3;
const MORE_STEPS = 5;
const MAX_MUTATIONS = 4;
const MUTATED_SHARE = 0.8;
const BATCH_SHARE = 0.3;
const REPEATED_SHARE = 0.06;
const FLOOD_SHARE = 0.004;
const FLOOD = 120;
const MINUTE_IN_MILLISECONDS = 60_000;
const LONG_TEXT = 'ä'.repeat(1024);

/** What SEP Mobile sends about one phone: first that it is healthy, then valid and near-valid events. */
export function createPlan(seed: number): Plan {
  const dice = toDice(createDice(seed));
  const steps: Step[] = [healthy(), toStep(1, healthyReport(dice))];
  const count = MIN_STEPS + dice.whole(MORE_STEPS);
  for (let at = 0; at < count; at += 1) {
    const earlier = dice.pick(steps);
    const number = steps.length;
    if (dice.random() < REPEATED_SHARE) steps.push(earlier);
    else if (dice.random() < FLOOD_SHARE) steps.push(flood(dice, number));
    else steps.push(anyStep(dice, number));
  }
  return { seed, phone: PHONE, steps };
}

function healthy(): Step {
  const events = ['sepmobile.device.activated', 'sepmobile.device.risk'].map((type, at) => {
    const data = { deviceId: PHONE, ...(type.endsWith('risk') ? { riskLevel: 'minimal' } : {}) };
    return toEvent(true, { id: `healthy-${String(at)}`, type, at: after(at - 2), data });
  });
  return { source: 'webhook', requestId: 'request-0', items: events.map(unchanged) };
}

function healthyReport(dice: Dice): readonly Item[] {
  return [unchanged(sampleReport(dice, after(-1), 0))];
}

function unchanged(base: Json): Item {
  return { base, mutations: [] };
}

function toStep(number: number, items: readonly Item[]): Step {
  return { source: 'telemetry', requestId: `request-${String(number)}`, items };
}

function anyStep(dice: Dice, number: number): Step {
  const source = dice.random() < 0.6 ? 'webhook' : 'telemetry';
  const count = dice.random() < BATCH_SHARE ? 2 + dice.whole(3) : 1;
  const items = Array.from({ length: count }, (_, at) => anyItem(source, dice, number, at));
  return { source, requestId: `request-${String(number)}`, items };
}

function anyItem(source: Step['source'], dice: Dice, number: number, place: number): Item {
  // Most events arrive soon and in order, some late.
  const lateness = dice.random() < 0.15 ? dice.whole(2 * MINUTE_IN_MILLISECONDS) : 0;
  const at = after(place - 9 - lateness);
  const id = `event-${String(number)}-${String(place)}`;
  const valid = source === 'webhook' ? sampleEvent(dice, id, at) : sampleReport(dice, at);
  if (dice.random() < 0.05) return unchanged(about(BYSTANDER, valid));
  return { base: valid, mutations: chooseMutations(source, valid, dice) };
}

function about(deviceId: string, item: Json): Json {
  const { data } = item;
  return data === undefined
    ? { ...item, deviceId }
    : { ...item, data: { ...(data as Json), deviceId } };
}

function chooseMutations(source: Step['source'], valid: Json, dice: Dice): readonly Mutation[] {
  if (dice.random() >= MUTATED_SHARE) return [];
  const mutations = new Map<string, Mutation>();
  for (let left = 1 + dice.whole(MAX_MUTATIONS); left > 0; left -= 1) {
    const mutation = chooseMutation(source, mutated(valid, [...mutations.values()]), dice);
    const place = mutation.path.join('/');
    // One thing is wrong with each part, so it is clear what the part is worth.
    if (!mutations.has(place)) mutations.set(place, mutation);
  }
  return [...mutations.values()];
}

/** More open incidents than a record has room for, with texts as long as they may be. */
function flood(dice: Dice, number: number): Step {
  const items = Array.from({ length: FLOOD }, (_, at) => {
    const { data, ...rest } = sampleEvent(
      dice,
      `flood-${String(number)}-${String(at)}`,
      after(at - FLOOD),
      'sepmobile.incident.opened',
    );
    const incidentId = `flood-${String(at)}`;
    return unchanged({
      ...rest,
      data: { ...(data as Json), incidentId, title: LONG_TEXT, resource: LONG_TEXT },
    });
  });
  return { source: 'webhook', requestId: `request-${String(number)}`, items };
}
