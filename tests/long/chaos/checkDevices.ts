import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { StackDescription } from '../../../infra/local/stack/startStack.ts';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import { expectedOf } from '../simulation/reference.ts';
import type { HeardDelivery } from '../../support/flakyReceiver.ts';
import type { PartnerEvent, Workload } from './workload.ts';

const CONCURRENCY = 8;
const WINDOW_IN_MILLISECONDS = 8 * 60 * 60 * 1000;

/** What is not as the acknowledged events say it must be; each line begins with the device. */
export interface Findings {
  /** Events of which nothing is left though none came after them. */
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
}

interface Told {
  readonly deviceId: string;
  readonly sequence: number;
  readonly current: {
    readonly complianceState: string;
    readonly partnerReportedThreatState: string;
  };
}

/** Asks for every device, and holds the answers against a reference that knows the events alone. */
export async function checkDevices(
  description: StackDescription,
  { devices, events }: Workload,
  heard: readonly HeardDelivery[],
): Promise<Findings> {
  const client = new OuterClient(description);
  const eventsOf = Map.groupBy(events, ({ deviceId }) => deviceId);
  const toldOf = Map.groupBy(heard.map(toTold), ({ deviceId }) => deviceId);
  const found = await mapConcurrently(devices, CONCURRENCY, async (deviceId) => {
    const [compliance, decision] = await Promise.all([
      client.compliance(deviceId),
      client.decide({ deviceId }, 'exchangeOnline'),
    ]);
    const own = eventsOf.get(deviceId) ?? [];
    const openIncidents = compliance.body['openIncidents'] as
      | readonly { incidentId: string }[]
      | undefined;
    const lost = difference(
      openIncidentsOf(own),
      (openIncidents ?? []).map(({ incidentId }) => incidentId),
    ).map((incidentId) => `${deviceId}: the last event of ${incidentId}`);
    const wrong = findWrong(
      own,
      {
        complianceState: compliance.body['complianceState'],
        threatState: compliance.body['partnerReportedThreatState'],
        decision: decision.body['decision'],
      },
      toldOf.get(deviceId) ?? [],
    ).map((problem) => `${deviceId}: ${problem}`);
    return { lost, wrong };
  });
  return {
    lost: found.flatMap(({ lost }) => lost),
    wrong: found.flatMap(({ wrong }) => wrong),
  };
}

function findWrong(
  events: readonly PartnerEvent[],
  actual: {
    readonly complianceState: unknown;
    readonly threatState: unknown;
    readonly decision: unknown;
  },
  told: readonly Told[],
): readonly string[] {
  const deviceId = events[0]?.deviceId ?? '';
  const enrolled = { id: 'enrolment', deviceId, observed: 0, told: 0, type: 'enrolled' } as const;
  const [{ complianceState, threatState }] = expectedOf(
    [enrolled, ...events],
    { ceiling: 'low', windowInMilliseconds: WINDOW_IN_MILLISECONDS, slackInMilliseconds: 0 },
    { now: Date.now(), partnerHeard: undefined },
    ({ id }) => id,
  );
  const decision = complianceState === 'compliant' ? 'allow' : 'block';
  const expected = { complianceState, threatState, decision };
  // In the order in which each was heard first; a repeat may come later.
  const heard = [...new Map(told.map((each) => [each.sequence, each])).values()];
  const sequences = heard.map(({ sequence }) => sequence);
  const last = heard.at(-1)?.current;
  return [
    ...differing('is', actual, expected),
    ...differing(
      'was told last as',
      { complianceState: last?.complianceState, threatState: last?.partnerReportedThreatState },
      { complianceState, threatState },
    ),
    ...differing(
      'was told in the order',
      sequences,
      sequences.map((_, at) => at + 1),
    ),
  ];
}

/** Of the events of each incident the latest says whether it is open. */
function openIncidentsOf(events: readonly PartnerEvent[]): readonly string[] {
  const latest = new Map<string, PartnerEvent & { readonly type: 'incident' }>();
  for (const event of events) {
    if (event.type !== 'incident') continue;
    const known = latest.get(event.incidentId);
    if (known === undefined || known.observed < event.observed) latest.set(event.incidentId, event);
  }
  return [...latest.values()]
    .filter(({ status }) => status === 'open')
    .map(({ incidentId }) => incidentId);
}

function difference(left: readonly string[], right: readonly string[]): readonly string[] {
  return [
    ...left.filter((each) => !right.includes(each)),
    ...right.filter((each) => !left.includes(each)),
  ];
}

function differing(what: string, actual: unknown, expected: unknown): readonly string[] {
  const [is, shouldBe] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === shouldBe ? [] : [`${what} ${is} and not ${shouldBe}`];
}

function toTold({ body }: HeardDelivery): Told {
  return (JSON.parse(body) as { readonly data: Told }).data;
}
