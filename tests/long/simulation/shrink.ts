import type { History } from './histories/history.ts';
import { simulate } from './simulate.ts';

/** Removes all events and edits from `history` without which it still fails. */
export async function shrink(
  history: History,
  goesWrong: (history: History) => Promise<boolean> = hasProblems,
): Promise<History> {
  let smallest = history;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const event of smallest.events) {
      const without = { ...smallest, events: smallest.events.filter((each) => each !== event) };
      if (!(await goesWrong(without))) continue;
      smallest = without;
      isSmaller = true;
    }
    for (const edit of smallest.edits) {
      const without = { ...smallest, edits: smallest.edits.filter((each) => each !== edit) };
      if (!(await goesWrong(without))) continue;
      smallest = without;
      isSmaller = true;
    }
  }
  return smallest;
}

async function hasProblems(history: History): Promise<boolean> {
  return (await simulate(history)).problems.length > 0;
}

/** The history in the order of its reports, one line each. */
export function toText({ seed, conditions, lastWord, events, edits, sources }: History): string {
  const time = (at: number): string => new Date(at).toISOString().slice(11, 19);
  const lines = [
    ...events.map(({ reported, observed, id, deviceId, ...what }) => ({
      at: reported,
      line: `${time(reported)}  ${deviceId}  ${toWords(what)}  (${id}, observed at ${time(observed)})`,
    })),
    ...edits.map(({ at, ceiling }) => ({ at, line: `${time(at)}  policy  ${ceiling}` })),
    ...(sources?.rules ?? []).map((rule) => ({ at: 0, line: `source  ${JSON.stringify(rule)}` })),
    ...(sources?.edits ?? []).map(({ at, id, isEnabled }) => ({
      at,
      line: `${time(at)}  source  ${id} ${isEnabled ? 'enabled' : 'disabled'}`,
    })),
  ];
  const ordered = lines.toSorted((a, b) => a.at - b.at).map(({ line }) => `  ${line}`);
  return [`seed ${String(seed)}, ${toConditionsText(conditions, lastWord)}:`, ...ordered].join(
    '\n',
  );
}

function toConditionsText(
  { windowInMilliseconds, slackInMilliseconds }: History['conditions'],
  lastWord: number | undefined,
): string {
  const outage =
    lastWord === undefined
      ? ''
      : `, the partner's last word at ${new Date(lastWord).toISOString()}`;
  return `a window of ${String(windowInMilliseconds / 1000)} s, a slack of ${String(slackInMilliseconds / 1000)} s${outage}`;
}

/** What is said in an event's own form is long, and its meaning is enough to follow the history. */
function toWords({ wire, ...meaning }: { readonly wire?: object }): string {
  const words = Object.values(meaning).map((each) =>
    typeof each === 'string' ? each : JSON.stringify(each),
  );
  return wire === undefined
    ? words.join(' ')
    : `${words.join(' ')} as ${JSON.stringify(wire).slice(0, MAX_WIRE)}`;
}
const MAX_WIRE = 600;
