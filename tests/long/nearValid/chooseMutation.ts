import type { Dice } from '../fuzz/mutate.ts';
import { partAt, type Effect, type Mutation } from './mutation.ts';
import { after, deep, isDeep, isMoment, PHONE, type Json, type Step } from './plan.ts';
import { DATA_SCHEMAS, REPORT_SCHEMA, type Schema } from './sampleItem.ts';
import { vendorWordsFor } from './vendorWords.ts';

type Path = Mutation['path'];
type Change = Omit<Mutation, 'path'>;

const LONG = 'x'.repeat(5000);
const HALF_A_CHARACTER = '\ud800';
const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1000;
const MANY = 2100;

/** Values that a reader of this kind of field cannot read. */
const UNREADABLE: readonly unknown[] = [
  {},
  [],
  [[]],
  { value: true },
  HALF_A_CHARACTER,
  LONG,
  -1,
  deep(3000),
];
const ABSENT: readonly unknown[] = [null, '', ' '];
const PLACEHOLDERS = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000+00:00',
  '1970-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
];
const NO_TIMES = ['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', 'now', '2026-01-01', 12.5];
/** Fields that are free text: whatever is wrong with it, the rest of the event counts. */
const FREE_TEXT = new Set(['title', 'resource', 'threatType', 'appVersion', 'ssid', 'bssid']);
const BROKEN_ENTRIES: readonly unknown[] = [7, 'com.example.bad', [], true, [[null]], deep(100)];

/** One more thing that is wrong with `value`, which began as a valid event or report. */
export function chooseMutation(source: Step['source'], value: Json, dice: Dice): Mutation {
  const path = choosePath(value, dice);
  const schema = schemaAt(source, value, path);
  return { path, ...changeOf(path, schema, partAt(value, path), dice) };
}

/** Any part, but most often one of few that have many places. */
function choosePath(value: Json, dice: Dice): Path {
  const path: (string | number)[] = [];
  let part: unknown = value;
  while (typeof part === 'object' && part !== null && !isMoment(part) && !isDeep(part)) {
    const names: readonly (string | number)[] = Array.isArray(part)
      ? [...part.keys()]
      : Object.keys(part);
    if (names.length === 0 || (path.length > 0 && dice.random() < 0.12)) break;
    const name =
      path.length === 0 && 'data' in part && dice.random() < 0.6 ? 'data' : dice.pick(names);
    // An event about another device shows little.
    path.push(name === 'deviceId' && dice.random() < 0.7 ? dice.pick(names) : name);
    part = partAt(part, path.slice(-1));
  }
  return path;
}

function schemaAt(source: Step['source'], value: Json, path: Path): Schema {
  const [first, ...rest] = path;
  if (source === 'telemetry') return schemaBelow(REPORT_SCHEMA, path);
  const { type } = value;
  return first === 'data' && typeof type === 'string'
    ? schemaBelow(DATA_SCHEMAS[type] ?? {}, rest)
    : {};
}

function schemaBelow(schema: Schema, path: Path): Schema {
  return path.reduce<Schema>(
    (part, name) => (typeof name === 'number' ? part.items : part.properties?.[name]) ?? {},
    schema,
  );
}

function changeOf(path: Path, schema: Schema, value: unknown, dice: Dice): Change {
  const name = String(path.at(-1));
  const fate = dice.random();
  if (path.length === 1 && ['id', 'source', 'specversion'].includes(name))
    return identity(name, dice);
  if (fate < 0.08) return { action: 'remove', effect: 'absent' };
  if (fate < 0.13)
    return { action: 'repeat', value: dice.pick([null, 'high', 'minimal', value]), effect: 'same' };
  if (name === 'deviceId') return deviceId(dice);
  if (name === 'incidentId') return incidentId(value, dice);
  if (path.length === 1 && name === 'data') return data(value, dice);
  if (path.length === 1 && name === 'type') return word('type', value, [], dice);
  if (isMoment(value) || /time$|timestamp/i.test(name)) return time(name, value, dice);
  if (Array.isArray(value)) return list(value as unknown[], schema, dice);
  if (schema.enum !== undefined) return word(name, value, schema.enum, dice);
  if (schema.type === 'boolean') return flag(value, dice);
  if (name === 'cvss') return score(value, dice);
  if (typeof value === 'object' && value !== null)
    return object(value, typeof path.at(-1) === 'number', dice);
  return text(name, value, dice);
}

const set = (value: unknown, effect: Effect): Change => ({ action: 'set', value, effect });

function identity(name: string, { pick }: Dice): Change {
  const value = pick<unknown>([null, '', 5, {}, [], LONG, HALF_A_CHARACTER]);
  return set(value, name === 'specversion' ? 'other' : 'same');
}

/** A GUID is compared without regard to case or braces (RFC 9562 section 4). */
function deviceId({ pick, random }: Dice): Change {
  if (random() < 0.5)
    return set(pick([PHONE.toUpperCase(), `{${PHONE}}`, `{${PHONE.toUpperCase()}}`]), 'same');
  return set(
    pick<unknown>([null, '', ' ', {}, 5, LONG, '..', `${PHONE}/x`, HALF_A_CHARACTER]),
    'unreadable',
  );
}

function incidentId(value: unknown, { pick, random }: Dice): Change {
  if (random() < 0.3) return set(pick(ABSENT), 'absent');
  if (random() < 0.5) return set(pick<unknown>([{}, [], true, [value]]), 'unreadable');
  return set(pick<unknown>([4711, LONG, `${LONG}y`, `i${HALF_A_CHARACTER}`, '__proto__']), 'other');
}

function data(value: unknown, { pick, random }: Dice): Change {
  if (random() < 0.5) return { action: 'encode', value: pick(['text', 'base64']), effect: 'same' };
  return set(pick<unknown>([null, '', [value], { data: value }, 'no JSON', 5]), 'unreadable');
}

function word(name: string, value: unknown, known: readonly string[], dice: Dice): Change {
  const { pick, random } = dice;
  if (typeof value === 'string' && random() < 0.25)
    return set(pick([value.toUpperCase(), ` ${value} `, `${value}\t`]), 'same');
  const vendor = vendorWordsFor(name);
  if (vendor.length > 0 && random() < 0.5) {
    const chosen = pick(vendor);
    const isKnown = known.some((each) => each === String(chosen).toLowerCase());
    return set(chosen, isKnown ? 'other' : 'unreadable');
  }
  if (random() < 0.3) return set(pick(ABSENT), 'absent');
  return set(pick<unknown>([...UNREADABLE, true, 0, 'of tomorrow', [value]]), 'unreadable');
}

function flag(value: unknown, { pick, random }: Dice): Change {
  if (typeof value === 'boolean' && random() < 0.3)
    return set(
      pick<unknown>([
        String(value),
        String(value).toUpperCase(),
        Number(value),
        ` ${String(value)} `,
      ]),
      'same',
    );
  if (random() < 0.3) return set(pick(ABSENT), 'absent');
  return set(pick<unknown>([...UNREADABLE, 'maybe', 2, [value], { value }]), 'unreadable');
}

function score(value: unknown, { pick, random }: Dice): Change {
  if (typeof value === 'number' && random() < 0.3)
    return set(pick([String(value), ` ${String(value)}`]), 'same');
  if (random() < 0.2) return set(null, 'absent');
  return random() < 0.2
    ? set(pick<unknown>([11, 1e308, 0, '10']), 'other')
    : set(pick<unknown>([...UNREADABLE, true, 'critical', [value], { value }]), 'unreadable');
}

function time(name: string, value: unknown, { pick, random }: Dice): Change {
  const moment = isMoment(value) ? value.$after : 0;
  if (random() < 0.15) return set(after(moment, pick(['lowerCase', 'offset'])), 'same');
  const isOfEvent = name !== 'resolvedDateTime' && name !== 'detectedDateTime';
  if (random() < 0.3) return set(pick(PLACEHOLDERS), isOfEvent ? 'unreadable' : 'absent');
  if (random() < 0.2) return set(pick(ABSENT), isOfEvent ? 'unreadable' : 'absent');
  if (random() < 0.2) return set(after(pick([1, 400]) * DAY_IN_MILLISECONDS), 'unreadable');
  if (random() < 0.2) return set(after(-pick([1, 400]) * DAY_IN_MILLISECONDS), 'other');
  return set(
    pick<unknown>([...UNREADABLE, ...NO_TIMES, ...vendorWordsFor('time'), after(moment, 'epoch')]),
    'unreadable',
  );
}

function list(value: readonly unknown[], { items }: Schema, { pick, random, whole }: Dice): Change {
  if (random() < 0.4) {
    const broken = Array.from({ length: 1 + whole(3) }, () => pick(BROKEN_ENTRIES));
    const good = Array.from({ length: whole(3) }, () => value[0] ?? {});
    return { action: 'append', value: [...broken, ...good], effect: 'unreadable' };
  }
  if (items?.properties?.['bundleId'] !== undefined && random() < 0.05)
    return {
      action: 'append',
      value: Array.from({ length: MANY }, () => value[0] ?? {}),
      effect: 'same',
    };
  if (random() < 0.2) return set(null, 'absent');
  if (random() < 0.2) return set([], 'other');
  return set(
    pick<unknown>([{}, { value }, 'none', 0, true, [[value]], { 0: value[0] }]),
    'unreadable',
  );
}

function object(value: object, isEntry: boolean, { pick, random }: Dice): Change {
  if (random() < 0.3) return set(null, 'absent');
  if (random() < 0.2) return set({ ...value, unheardOf: 1 }, 'same');
  if (random() < 0.15) return set({ value }, 'other');
  return set(pick<unknown>([[value], 'none', 5, true, ...(isEntry ? [[]] : [''])]), 'unreadable');
}

function text(name: string, value: unknown, { pick, random }: Dice): Change {
  if (!FREE_TEXT.has(name) && random() < 0.5) return set(pick(ABSENT), 'absent');
  const odd = pick<unknown>([
    null,
    '',
    5,
    {},
    [],
    true,
    LONG,
    `${String(value)}${HALF_A_CHARACTER}`,
    `\u0000"\\${String(value)}`,
  ]);
  return set(odd, 'same');
}
