import { describe, expect, it } from 'vitest';
import { sendWithEveryCredential, TAKE_JSON } from '../../support/sendWithEveryCredential.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();

const DEPTH = 50_000;
const PATIENCE_IN_MILLISECONDS = 120_000;
const DEEP_ARRAY = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const DEEP_OBJECT = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
const HERE = '\u0000here';

/** The JSON of a value with `text` in one of its places, for each place. */
function withEachValue(value: unknown, text: string): readonly string[] {
  const changed: unknown[] = [];
  const walk = (at: unknown, put: (each: unknown) => unknown): void => {
    changed.push(put(HERE));
    if (typeof at !== 'object' || at === null) return;
    for (const [name, below] of Object.entries(at))
      walk(below, (each) =>
        put(Array.isArray(at) ? at.with(Number(name), each) : { ...at, [name]: each }),
      );
  };
  walk(value, (each) => each);
  return changed.map((each) => JSON.stringify(each).replace(JSON.stringify(HERE), () => text));
}

type ToBodies = (example: unknown) => readonly (string | Uint8Array<ArrayBuffer>)[];

const inEachPlace =
  (text: string): ToBodies =>
  (example) =>
    withEachValue(example, text);
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)),
  );

/** The example with an unknown first property, in bytes. */
const withUnknown =
  (...parts: readonly (string | readonly number[])[]): ToBodies =>
  (example) => {
    const [, begin = '', rest = ''] = /^(\[?\{)(.*)$/s.exec(JSON.stringify(example)) ?? [];
    return [bytes(`${begin}"unknown":`, ...parts, `,${rest}`)];
  };
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Deeper than the stack. Unknown properties may be that deep. */
const DEEP_BODIES: Readonly<Record<string, ToBodies>> = {
  'lists in lists, in each place': inEachPlace(DEEP_ARRAY),
  'objects in objects': () => [DEEP_OBJECT],
  'objects in objects, in an unknown property': withUnknown(DEEP_OBJECT),
};

/** Bodies that are not JSON in UTF-8 (RFC 8259 section 8.1). */
const NO_JSON: Readonly<Record<string, ToBodies>> = {
  'overlong UTF-8': withUnknown('"', [0xc0, 0xaf], '"'),
  'UTF-8 of a surrogate': withUnknown('"', [0xed, 0xa0, 0x80], '"'),
  'truncated UTF-8': withUnknown('"', [0xe2, 0x82], '"'),
  'UTF-16': (example) => [Uint8Array.from(Buffer.from(JSON.stringify(example), 'utf16le'))],
  'two byte order marks': (example) => [
    bytes(BYTE_ORDER_MARK, BYTE_ORDER_MARK, JSON.stringify(example)),
  ],
  'two values': (example) => [JSON.stringify(example).repeat(2)],
  NaN: withUnknown('NaN'),
  nothing: () => [''],
};

/** The statuses of each operation for these bodies. */
async function answersTo(toBodies: ToBodies): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const answers = new Map<string, ReadonlySet<number>>();
  for (const operation of TAKE_JSON) {
    const statuses = new Set<number>();
    for (const body of toBodies(operation.request?.example))
      statuses.add(await sendWithEveryCredential(system, operation, body));
    answers.set(operation.operationId, statuses);
  }
  return answers;
}

describe('every endpoint that takes JSON', () => {
  it('is one of more than 20', () => {
    expect(TAKE_JSON.length).toBeGreaterThan(20);
  });

  it.each(Object.entries(DEEP_BODIES))(
    'answers JSON that is 50,000 levels deep without a crash: %s',
    async (_, toBodies) => {
      const worker = system.stack.workerPid();
      const answers = await answersTo(toBodies);
      const faults = [...answers].map(([id, statuses]) => [
        id,
        [...statuses].filter((status) => status >= 500),
      ]);
      expect(faults.filter(([, statuses]) => statuses?.length !== 0)).toEqual([]);
      expect(system.stack.workerPid()).toBe(worker);
    },
    PATIENCE_IN_MILLISECONDS,
  );

  it.each(Object.entries(NO_JSON))(
    'rejects a body that is not JSON in UTF-8: %s',
    async (_, toBodies) => {
      const answers = await answersTo(toBodies);
      // Some operations look for their resource first and answer 404. Bad news is read as far as it can be.
      const isPartner = (id: string): boolean =>
        id === 'receivePartnerWebhook' || id === 'ingestTelemetry';
      const others = [...answers].map(([id, statuses]) => [
        id,
        [...statuses].filter(
          (status) => status !== 400 && status !== 404 && !(status === 202 && isPartner(id)),
        ),
      ]);
      expect(others.filter(([, statuses]) => statuses?.length !== 0)).toEqual([]);
      const refused = [...answers.values()].filter((statuses) => statuses.has(400));
      expect(refused.length).toBeGreaterThan(20);
    },
  );
});
