import type { Chance } from './chance.ts';
import type { Said } from './createRisk.ts';
import {
  ABSENT,
  FUTURE_TIMES,
  ODD_TEXTS,
  PLACEHOLDER_TIMES,
  toOddCase,
  UNKNOWN_WORDS,
} from './oddValues.ts';
import { DEFENCES, SEVERITIES, type EventOf, type Severity } from './simulatedEvent.ts';

export type SaidIncident = (
  | Said<
      Pick<
        EventOf<'incident'>,
        'type' | 'incidentId' | 'severity' | 'status' | 'category' | 'isDoubtful'
      >
    >
  | Said<Pick<EventOf<'unreadable'>, 'type' | 'kind'>>
  | Said<Pick<EventOf<'nothing'>, 'type'>>
) & { readonly eventType: unknown };

const LONG_ID = 300;
const DAY = 24 * 60 * 60 * 1000;

interface Named {
  readonly incidentId: string;
  readonly observed: number;
}

/** An incident as a sender of another version may write it. */
export function createOddIncident(named: Named, chance: Chance): SaidIncident {
  const { happens, pick } = chance;
  const change = createChange(named, chance);
  const id = createId(named, chance);
  const severity = createSeverity(chance);
  const isCategoryKnown = !happens(0.2);
  const category = pick(DEFENCES);
  const data = {
    incidentId: id.written,
    severity: severity.written,
    category: isCategoryKnown ? category : pick([...ABSENT, ...UNKNOWN_WORDS]),
    // An event of an unknown type is about an incident if it has something of one.
    threatType: happens(0.2) && !change.isDoubtful ? pick(ODD_TEXTS) : 'somethingNew',
    title: happens(0.3) ? pick(ODD_TEXTS) : undefined,
    resource: happens(0.3) ? pick(ODD_TEXTS) : undefined,
    ...change.data,
  };
  const { eventType, status } = change;
  if (status === 'nothing') return { type: 'nothing', data, eventType };
  if (id.meaning === undefined)
    return status === 'resolved' && change.isResolution
      ? { type: 'nothing', data, eventType }
      : { type: 'unreadable', kind: 'incident', data, eventType };
  return {
    type: 'incident',
    incidentId: id.meaning,
    // Of an event of an unknown type only the worst is believed.
    severity: change.isDoubtful ? 'high' : severity.meaning,
    status,
    category: isCategoryKnown ? category : 'every',
    ...(status === 'open' && (severity.isDoubtful || !isCategoryKnown || change.isDoubtful)
      ? { isDoubtful: true }
      : {}),
    data,
    eventType,
  };
}

/** What the type of the event and its times say about the incident. */
interface Change {
  readonly eventType: unknown;
  readonly status: 'open' | 'resolved' | 'nothing';
  /** Its type says that it resolves the incident. */
  readonly isResolution?: true;
  readonly isDoubtful: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Only an event that says so resolves an incident, and only at a moment at which it can have ended. */
function createChange({ observed }: Named, { random, pick, happens }: Chance): Change {
  const at = new Date(observed).toISOString();
  const detectedDateTime = happens(0.2) ? pick([...ABSENT, ...PLACEHOLDER_TIMES, 'soon', 7]) : at;
  const began = detectedDateTime === at;
  const impossible = [...FUTURE_TIMES, 'soon', 7, {}, ...(began ? [toIso(observed - DAY)] : [])];
  const said = (resolvedDateTime: unknown): Change['data'] => ({
    detectedDateTime,
    resolvedDateTime,
  });
  const dice = random();
  const never = happens(0.7) ? pick(PLACEHOLDER_TIMES) : pick(ABSENT);
  const any = happens(0.5) ? at : pick([never, ...impossible]);
  if (dice < 0.25)
    return {
      eventType: 'sepmobile.incident.opened',
      status: 'open',
      isDoubtful: false,
      data: said(any),
    };
  if (dice < 0.5)
    return {
      eventType: 'sepmobile.incident.updated',
      status: 'open',
      isDoubtful: false,
      data: said(happens(0.6) ? never : pick(impossible)),
    };
  if (dice < 0.6)
    return {
      eventType: 'sepmobile.incident.updated',
      status: 'resolved',
      isDoubtful: false,
      data: said(at),
    };
  const resolved = { eventType: 'sepmobile.incident.resolved', isResolution: true } as const;
  if (dice < 0.75)
    return { ...resolved, status: 'resolved', isDoubtful: false, data: said(pick([at, never])) };
  if (dice < 0.85)
    return { ...resolved, status: 'nothing', isDoubtful: false, data: said(pick(impossible)) };
  const eventType = pick(['sepmobile.incident.escalated', 'incident', ...ABSENT, 5, {}]);
  return { eventType, status: 'open', isDoubtful: true, data: said(any) };
}

function createId(
  { incidentId }: Named,
  { random, pick }: Chance,
): { readonly meaning: string | undefined; readonly written: unknown } {
  const dice = random();
  if (dice < 0.1) return { meaning: undefined, written: pick([...ABSENT, [], {}, true]) };
  if (dice < 0.2) {
    const long = incidentId.padEnd(LONG_ID, '-');
    return { meaning: long, written: long };
  }
  return { meaning: incidentId, written: incidentId };
}

function createSeverity({ random, pick }: Chance): {
  readonly meaning: Severity;
  readonly written: unknown;
  readonly isDoubtful: boolean;
} {
  const severity = pick(SEVERITIES);
  const dice = random();
  if (dice < 0.3)
    return {
      meaning: 'high',
      written: pick([...UNKNOWN_WORDS, undefined, null]),
      isDoubtful: true,
    };
  const written = dice < 0.5 ? pick(toOddCase)(severity) : severity;
  return { meaning: severity, written, isDoubtful: false };
}

function toIso(moment: number): string {
  return new Date(moment).toISOString();
}
