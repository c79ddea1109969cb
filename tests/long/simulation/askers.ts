import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { decideRequests } from '../../../shared/core/decisions/decideRequests.ts';
import { fromDeviceIdentification } from '../../../shared/core/decisions/deviceIdentification.ts';
import { decideUser } from '../../../shared/core/decisions/decideUser.ts';
import { createDice } from '../../support/createDice.ts';
import { createChance } from './histories/chance.ts';
import { expectationsOf } from './expectations.ts';
import { everyQuestion } from './histories/createQuestions.ts';
import { MINUTE, SECOND, type History, type Question } from './histories/history.ts';
import type { SimulatedEvent } from './histories/simulatedEvent.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import { toSignalId } from './system/progress.ts';
import { rightAnswers, type Answer } from './reference/access.ts';
import type { Expected } from './reference/expectedOf.ts';
import { toFacts, type Fact } from './reference/facts.ts';
import type { Actor } from './system/scheduler.ts';
import { momentOf } from './momentOf.ts';
import { rulesAt } from './rulesAt.ts';

/** An answer may rest on a configuration that was read before a stall, and remembered since. */
const CONFIGURATION_AGE = 130 * SECOND;
/** More facts under way allow nearly any answer, and cost much to tell. */
const MAX_UNDER_WAY = 4;

/** Asks the questions of the history, each when its moment comes, with one memory of the configuration. */
export function startAskers(shared: Shared, history: History, problems: string[]): void {
  const { scheduler } = shared;
  const asker = createAsker(shared);
  for (const question of history.questions) {
    const actor: Actor = { name: 'caller', isDead: false };
    void scheduler
      .sleep(actor, question.at - scheduler.now)
      .then(() => ask(shared, history, question, asker()))
      .then((found) => problems.push(...found));
  }
}

/** Asks everything, when nothing is under way. */
export async function askEverything(
  shared: Shared,
  history: History,
  when: string,
): Promise<readonly string[]> {
  const { scheduler } = shared;
  const deviceIds = [...new Set(history.events.map(({ deviceId }) => deviceId))];
  const chance = createChance(createDice(history.seed ^ scheduler.now));
  const asker = createAsker(shared);
  const asked = Promise.all(
    everyQuestion(deviceIds, scheduler.now, chance).map((each) =>
      ask(shared, history, each, asker()),
    ),
  );
  await scheduler.run(scheduler.now + MINUTE);
  return (await asked).flat().map((problem) => `${when} ${problem}`);
}

/** The process that answers; a new one after its death. */
function createAsker(shared: Shared): () => WorkerPorts {
  let process: { readonly actor: Actor; readonly ports: WorkerPorts } | undefined;
  return () => {
    if (process === undefined || process.actor.isDead) {
      const actor: Actor = { name: 'decisions', isDead: false };
      process = { actor, ports: createPorts(shared, actor) };
    }
    return process.ports;
  };
}

async function ask(
  shared: Shared,
  history: History,
  question: Question,
  ports: WorkerPorts,
): Promise<readonly string[]> {
  const { scheduler } = shared;
  const began = scheduler.now;
  const settled = settledFacts(shared, history, question);
  const answer = await answerOf(ports, question);
  if (answer === undefined) return [];
  const right = rightAnswersBetween(shared, history, question, { began, settled });
  if (right === undefined || right.has(answer)) return [];
  const text = `${question.by} ${question.value} for ${question.resource}`;
  return [
    `at ${new Date(began).toISOString()} ${text} is answered by ${answer}, and should be ${[...right].join(' or ')}`,
  ];
}

async function answerOf(ports: WorkerPorts, question: Question): Promise<Answer | undefined> {
  const { by, written, resource } = question;
  const context = { caller: 'caller', at: ports.now() };
  const services = { ...ports, ...ports.forDecisions };
  try {
    if (by === 'userPrincipalName')
      return (await decideUser(services, { userPrincipalName: written, resource }, context))
        .decision;
    const device = fromDeviceIdentification({ [by]: written });
    if (device === undefined) return undefined;
    const [decided] = await decideRequests(services, [{ device, resource }], context);
    return decided?.outcome.decision;
  } catch (error) {
    if (error instanceof ConnectorError) return undefined;
    throw error;
  }
}

/** The ids of the facts that are stored for certain. */
function settledFacts(
  { progress, signals, unmatched }: Shared,
  { events }: History,
  { by, value }: Question,
): ReadonlySet<string> {
  return new Set(
    events
      .filter(({ deviceId }) => by !== 'deviceId' || deviceId === value)
      .filter((event) => progress.isTaken(event))
      .filter((event) => !marksOf(event, progress).some((mark) => signals.mentions(mark)))
      .filter(
        (event) => event.sourceId === undefined || !isWaiting(unmatched, marksOf(event, progress)),
      )
      .map(toSignalId),
  );
}

/** Whether an event waits for the enrolment of its device. */
function isWaiting({ texts }: Shared['unmatched'], marks: readonly string[]): boolean {
  return texts.some((text) => marks.some((mark) => text.includes(mark)));
}

/** The texts of which a message about the event has one. */
function marksOf(event: SimulatedEvent, { arrivalsOf }: Shared['progress']): readonly string[] {
  if (event.type !== 'telemetry' && event.sourceId === undefined) return [toSignalId(event)];
  const times = event.isUndated === true ? arrivalsOf(event) : [event.observed];
  return times.map((time) => new Date(time).toISOString());
}

/** The right answers for every set of facts and every configuration on which the answer may rest. */
function rightAnswersBetween(
  shared: Shared,
  history: History,
  question: Question,
  { began, settled }: { readonly began: number; readonly settled: ReadonlySet<string> },
): ReadonlySet<Answer> | undefined {
  const { scheduler, progress } = shared;
  const tried = history.events.filter((event) => progress.isTried(event));
  const named = Map.groupBy(tried, ({ deviceId }) => deviceId);
  const asked = question.by === 'deviceId' ? [question.value] : [...named.keys()];
  const moment = momentOf(shared, began);
  const possible = rulesAt(history, began - CONFIGURATION_AGE, scheduler.now).map((rules) =>
    asked.map((deviceId): readonly Expected[] | undefined => {
      const facts = toFacts(named.get(deviceId) ?? [], toSignalId, progress.arrivalsOf);
      const sets = subsets(facts, settled);
      return sets?.flatMap((each) => expectationsOf(history, each, rules, moment));
    }),
  );
  const answers = new Set<Answer>();
  for (const devices of possible) {
    if (devices.includes(undefined)) return undefined;
    const states = devices.map((each) => each ?? []);
    for (const answer of rightAnswers(question, states)) answers.add(answer);
  }
  return answers;
}

/** Every set of facts that has all settled ones; `undefined` if there are too many. */
function subsets(
  facts: readonly Fact[],
  settled: ReadonlySet<string>,
): readonly (readonly Fact[])[] | undefined {
  const certain = facts.filter(({ signalId }) => settled.has(signalId));
  const underWay = facts.filter(({ signalId }) => !settled.has(signalId));
  if (underWay.length > MAX_UNDER_WAY) return undefined;
  return underWay.reduce<readonly (readonly Fact[])[]>(
    (sets, fact) => sets.flatMap((set) => [set, [...set, fact]]),
    [certain],
  );
}
