import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { StackDescription } from '../../../infra/local/stack/startStack.ts';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import { expectedOf } from '../simulation/reference/expectedOf.ts';
import { toFacts } from '../simulation/reference/facts.ts';
import type { ReceivedDelivery } from '../../support/flakyReceiver.ts';
import type { PartnerEvent, Workload } from './workload.ts';

const CONCURRENCY = 8;
const WINDOW_IN_MILLISECONDS = 8 * 60 * 60 * 1000;

/** Differences from the state that the acknowledged events require; each line starts with the device. */
export interface Findings {
  /** Newest events that had no effect. */
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
}

interface Received {
  readonly deviceId: string;
  readonly sequence: number;
  readonly current: {
    readonly complianceState: string;
    readonly partnerReportedThreatState: string;
  };
}

/** Compares every device with a reference that only knows the events. */
export async function checkDevices(
  description: StackDescription,
  { devices, events }: Workload,
  received: readonly ReceivedDelivery[],
): Promise<Findings> {
  const client = new OuterClient(description);
  const eventsOf = Map.groupBy(events, ({ deviceId }) => deviceId);
  const receivedOf = Map.groupBy(received.map(toReceived), ({ deviceId }) => deviceId);
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
      receivedOf.get(deviceId) ?? [],
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
  deliveries: readonly Received[],
): readonly string[] {
  const deviceId = events[0]?.deviceId ?? '';
  const enrolled = {
    id: 'enrolment',
    deviceId,
    observed: 0,
    reported: 0,
    type: 'enrolled',
  } as const;
  const [state] = expectedOf(
    toFacts(
      [enrolled, ...events],
      ({ id }) => id,
      () => [],
    ),
    {
      ceiling: 'low',
      hasStrictPolicy: false,
      windowInMilliseconds: WINDOW_IN_MILLISECONDS,
      slackInMilliseconds: 0,
    },
    { now: Date.now(), partnerSeen: undefined },
  );
  const { complianceState, threatState } = state ?? {};
  const decision = complianceState === 'compliant' ? 'allow' : 'block';
  const expected = { complianceState, threatState, decision };
  // In the order of first receipt; repeats may come later.
  const received = [...new Map(deliveries.map((each) => [each.sequence, each])).values()];
  const sequences = received.map(({ sequence }) => sequence);
  const last = received.at(-1)?.current;
  return [
    ...differing('is', actual, expected),
    ...differing(
      'was last delivered as',
      { complianceState: last?.complianceState, threatState: last?.partnerReportedThreatState },
      { complianceState, threatState },
    ),
    ...differing(
      'was delivered in the order',
      sequences,
      sequences.map((_, at) => at + 1),
    ),
  ];
}

/** The latest event of an incident determines whether it is open. */
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
  return is === shouldBe ? [] : [`${what} ${is} instead of ${shouldBe}`];
}

function toReceived({ body }: ReceivedDelivery): Received {
  return (JSON.parse(body) as { readonly data: Received }).data;
}
