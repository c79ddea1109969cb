import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAPPINGS } from '../../../../shared/core/eventSources/kinds/mappings.ts';
import { splitEvents } from '../../../../shared/core/eventSources/splitEvents.ts';
import type { SourceEvent } from '../../../../shared/core/eventSources/sourceEvent.ts';
import { EVENT_SOURCE_KINDS } from '../../../../shared/domain/vocabulary/eventSource.ts';
import type { UndirectedSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { readEvent } from '../../../support/readEvents.ts';
import { vendorEvents, VENDOR_FILES } from '../../../support/vendorEvents.ts';

type Json = Readonly<Record<string, unknown>>;
const KINDS = Object.keys(VENDOR_FILES) as (keyof typeof VENDOR_FILES)[];
const UNKNOWN = 'a word that nobody knows';

/** The paths of all members of an event. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = [...path, name];
    return [inner, ...pathsOf(member, inner)];
  });
}

function withValue(event: Json, path: readonly string[], value: unknown): Json {
  const copy = structuredClone(event) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  for (const name of path.slice(0, -1)) at = at[name] as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
  return copy;
}

/** A way to change an event of a kind. */
const changes = fc.constantFrom(...KINDS).chain((kind) =>
  fc.constantFrom(...(vendorEvents(kind) as readonly Json[])).chain((event) =>
    fc.record({
      kind: fc.constant(kind),
      event: fc.constant(event),
      path: fc.constantFrom(...pathsOf(event)),
    }),
  ),
);

const LEVELS = ['minimal', 'low', 'medium', 'high'];

function badnessOf(signal: UndirectedSignal): number {
  switch (signal.type) {
    case 'incidentReported':
      return signal.status === 'resolved' ? 0 : LEVELS.indexOf(signal.incident.severity);
    case 'riskReported':
      return signal.healthState === undefined ? LEVELS.indexOf(signal.riskLevel) : 3;
    case 'telemetryReported':
      return signal.telemetry.physical?.jailbrokenOrRooted === true ? 3 : 0;
    case 'reportUnreadable':
    case 'deactivated':
      return 3;
    default:
      return 0;
  }
}

const worstOf = ({ signals }: SourceEvent): number => Math.max(0, ...signals.map(badnessOf));

describe('every reader', () => {
  it.each(EVENT_SOURCE_KINDS)('of %s reads any JSON without an error', (kind) => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        expect(readEvent(kind, event).signals).toBeInstanceOf(Array);
      }),
    );
  });

  it('reads any value in any field without an error, and it costs no device', () => {
    fc.assert(
      fc.property(changes, fc.jsonValue(), ({ kind, event, path }, value) => {
        const read = readEvent(kind, withValue(event, path, value));
        expect(read.identifiers.length).toBeLessThanOrEqual(16);
        for (const { value: identifier } of read.identifiers)
          expect(identifier.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('reads what an attacker nests deeply, and objects that pretend to have methods', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    const objects = JSON.parse(`${'{"$date":'.repeat(50_000)}1${'}'.repeat(50_000)}`) as unknown;
    const mask = { toString: 1, valueOf: 1, toJSON: 1 };
    for (const kind of KINDS)
      for (const event of vendorEvents(kind) as readonly Json[])
        for (const path of pathsOf(event))
          for (const value of [deep, objects, mask])
            expect(readEvent(kind, withValue(event, path, value)).signals).toBeDefined();
  });

  /** Words that say that an event is not about a device at all, and that nothing happened. */
  const NAMES = [
    'type',
    'sub_type',
    'severity',
    'severity_id',
    'status',
    'event_type',
    'mitigated',
  ];
  const STATES = ['security_status', 'activation_status', 'protection_status', 'risk_posture'];

  it('never finds an event less bad for an unknown word', () => {
    const words = changes.filter(({ path }) => [...NAMES, ...STATES].includes(path.at(-1) ?? ''));
    fc.assert(
      fc.property(words, ({ kind, event, path }) => {
        const known = readEvent(kind, event);
        const unknown = readEvent(kind, withValue(event, path, UNKNOWN));
        // An administrator's event becomes one that may be about a device.
        fc.pre(unknown.isAboutPhone);
        expect(worstOf(unknown)).toBeGreaterThanOrEqual(worstOf(known));
      }),
    );
  });

  it('never passes over bad news because its time is unusable', () => {
    const times = changes.filter(({ path }) => /time|timestamp|\$date/.test(path.at(-1) ?? ''));
    fc.assert(
      fc.property(
        times,
        fc.constantFrom<unknown>(null, 'noon', {}, '2999-01-01T00:00:00Z', 0),
        ({ kind, event, path }, time) => {
          const changed = readEvent(kind, withValue(event, path, time));
          expect(worstOf(changed)).toBeGreaterThanOrEqual(worstOf(readEvent(kind, event)));
        },
      ),
    );
  });

  it('says something of what is left of a cut event, once it names its device', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.nat(), fc.nat(), (kind, which, cut) => {
        const all = vendorEvents(kind).filter((event) => readEvent(kind, event).isAboutPhone);
        const event = all[which % all.length];
        const whole = readEvent(kind, event);
        fc.pre(worstOf(whole) > 0);
        const text = JSON.stringify(event);
        const [item] = splitEvents(Buffer.from(text.slice(0, 1 + (cut % (text.length - 1)))));
        const left = readEvent(kind, item?.ok === true ? item.event : undefined);
        fc.pre(left.identifiers.length > 0);
        expect(left.signals.length + left.rejections.length).toBeGreaterThan(0);
        expect(worstOf(left)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('every mapping table', () => {
  it.each(Object.values(MAPPINGS))(
    'of $kind has rows with a witness and a meaning of its field',
    (table) => {
      for (const { field, meaning, witness } of table.rows) {
        expect(table.fields[field]).toContain(meaning);
        expect(witness.length).toBeGreaterThan(10);
      }
      const words = table.rows.map(({ field, word }) => `${field} ${word.toLowerCase()}`);
      expect(new Set(words).size).toBe(words.length);
    },
  );
});
