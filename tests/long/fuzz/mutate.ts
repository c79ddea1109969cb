/** Values that are known to break programs. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  -0,
  2 ** 53,
  0.1,
  '',
  ' ',
  '\u0000',
  'ä\u0301\u202e',
  '\ud800',
  '../../etc/passwd',
  "' OR 1=1 --",
  '${jndi:ldap://x}',
  '%{expand}',
  '%00',
  '<script>',
  'a\r\nX-Injected: 1',
  'x'.repeat(300),
  'x'.repeat(5000),
  '9999-12-31T23:59:59.999Z',
  '0000-00-00T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T00:00:60Z',
  '+275760-09-13T00:00:00.000Z',
  [],
  {},
  [[[[[[]]]]]],
  [null],
  { __proto__: null, constructor: { prototype: { isAdmin: true } } },
  JSON.parse('{"__proto__": {"isAdmin": true}}'),
];
const ODD_NAMES = ['__proto__', 'constructor', 'toString', '', '$where', '@odata.type', 'a.b', 'é'];

export interface Dice {
  readonly random: () => number;
  readonly whole: (top: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

export function toDice(random: () => number): Dice {
  const whole = (top: number): number => Math.floor(random() * top);
  return { random, whole, pick: (items) => items[whole(items.length)] as never };
}

/** The value with a fault in one place. */
export function mutateValue(value: unknown, dice: Dice): unknown {
  const { random, whole, pick } = dice;
  if (random() < 0.2) return pick(ODD_VALUES);
  if (Array.isArray(value)) {
    const items = [...(value as unknown[])];
    const at = whole(items.length + 1);
    const fate = random();
    if (fate < 0.2) items.splice(at, 1);
    else if (fate < 0.4) items.splice(at, 0, pick(ODD_VALUES));
    else if (fate < 0.5) items.push(...Array.from({ length: whole(50) }, () => items[0]));
    else if (at < items.length) items[at] = mutateValue(items[at], dice);
    return items;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    const at = whole(Math.max(1, entries.length));
    const fate = random();
    if (fate < 0.15) entries.splice(at, 1);
    else if (fate < 0.3) entries.push([pick(ODD_NAMES), pick(ODD_VALUES)]);
    else {
      const [name, each] = entries[at] ?? [pick(ODD_NAMES), null];
      entries[at] = [fate < 0.4 ? pick(ODD_NAMES) : name, mutateValue(each, dice)];
    }
    return Object.fromEntries(entries);
  }
  if (typeof value === 'string' && random() < 0.6) return mutateText(value, dice);
  return pick(ODD_VALUES);
}

/** The text with a fault. */
export function mutateText(text: string, { whole, pick, random }: Dice): string {
  const at = whole(text.length + 1);
  const fate = random();
  if (fate < 0.25) return text.slice(0, at);
  if (fate < 0.5) return text.slice(0, at) + String.fromCharCode(whole(0x250)) + text.slice(at);
  if (fate < 0.7) return text.slice(0, at) + text.slice(at + 1 + whole(4));
  if (fate < 0.85) return text.repeat(1 + whole(4));
  return `${text}${JSON.stringify(pick(ODD_VALUES)) ?? ''}`;
}

/** Bytes that are no text, or nearly one. */
export function mutateBytes(bytes: Buffer, { whole, random }: Dice): Buffer {
  const copy = Buffer.from(bytes);
  for (let times = 1 + whole(4); times > 0 && copy.length > 0; times -= 1)
    copy[whole(copy.length)] = whole(256);
  if (random() < 0.3) return copy.subarray(0, whole(copy.length + 1));
  if (random() < 0.1) return Buffer.concat([copy, Buffer.alloc(whole(2000), whole(256))]);
  if (random() < 0.1) return Buffer.from(`${'['.repeat(whole(20_000))}1`);
  return copy;
}
