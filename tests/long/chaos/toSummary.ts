import type { ChaosOutcome } from './chaos.ts';

/** The faults, and their results, as text. */
export function toSummary(outcome: ChaosOutcome): string {
  const { kills, cosmos, broker, door, lost, wrong, deadLetters, deaths, unsettled } = outcome;
  const total = kills.worker + kills.cosmos + kills.serviceBus;
  const lines: readonly (readonly [string, string])[] = [
    [
      'acknowledged',
      `${String(outcome.acknowledged)} events, with ${String(outcome.retries)} retries`,
    ],
    [
      'killed',
      `${String(total)}: ${String(kills.worker)} workers, ${String(kills.cosmos)} databases, ${String(kills.serviceBus)} brokers`,
    ],
    [
      'cut',
      `${String(cosmos.cuts)} sockets to the database, ${String(broker.cuts)} to the broker, ${String(door.lostAnswers)} before a sender's answer, ${String(cosmos.lostAnswer)} after a write`,
    ],
    [
      'injected',
      `${String(cosmos.throttled)} × 429, ${String(cosmos.unavailable)} × 503, ${String(cosmos.late)} × 503 after the write`,
    ],
    [
      'delayed',
      `${String(cosmos.slow)} requests to the database, ${String(broker.held)} chunks to or from the broker`,
    ],
    ['delivered', `${String(outcome.transitions)} transitions`],
    ['seconds', outcome.seconds.toFixed(0)],
    [
      'result',
      `${String(lost.length)} lost, ${String(wrong.length)} wrong, ${String(deadLetters.length)} dead letters, ${String(deaths.length)} unexpected deaths${unsettled.length === 0 ? '' : ', not settled'}`,
    ],
  ];
  return lines.map(([name, text]) => `${name.padEnd(14)}${text}`).join('\n');
}
