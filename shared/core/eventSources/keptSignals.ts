import { compareTexts } from '../../base/compareTexts.ts';
import { firstCharacters } from '../../base/firstCharacters.ts';
import type { UndirectedSignal } from '../../domain/vocabulary/signal.ts';

const MAX_KEPT = 50;
const MAX_TEXT_LENGTH = 256;

/** The signals that are kept of an unknown device: its bad news first, of that and of the rest the latest, once each. */
export function keptSignals(signals: readonly UndirectedSignal[]): readonly UndirectedSignal[] {
  const distinct = new Map(signals.map((each) => [`${each.type} ${each.signalId}`, each]));
  return [...distinct.values()]
    .toSorted(
      (a, b) =>
        Number(isBadNews(b)) - Number(isBadNews(a)) ||
        compareTexts(b.observedDateTime, a.observedDateTime),
    )
    .slice(0, MAX_KEPT)
    .map(withBoundTexts);
}

/** A resolution counts too: without it the incident that it ends would block. */
function isBadNews(signal: UndirectedSignal): boolean {
  switch (signal.type) {
    case 'heartbeat':
    case 'activated':
      return false;
    case 'riskReported':
      return signal.riskLevel !== 'minimal' || signal.healthState !== undefined;
    default:
      return true;
  }
}

function withBoundTexts(signal: UndirectedSignal): UndirectedSignal {
  if (signal.type !== 'incidentReported') return signal;
  const { title, resource, ...incident } = signal.incident;
  return {
    ...signal,
    incident: {
      ...incident,
      ...(title === undefined ? {} : { title: firstCharacters(title, MAX_TEXT_LENGTH) }),
      ...(resource === undefined ? {} : { resource: firstCharacters(resource, MAX_TEXT_LENGTH) }),
    },
  };
}
