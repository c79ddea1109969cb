import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, OuterClient, SepMobileEvent } from './outerClient.ts';

/** One thing that was tried: what should have come of it, what did, and how long after the event. */
export interface Step {
  readonly title: string;
  readonly expected: string;
  readonly got: string;
  readonly milliseconds: number;
}

export type Report = (step: Step) => void;

const POLL_INTERVAL_IN_MILLISECONDS = 5;
const PATIENCE_IN_MILLISECONDS = 15_000;

/** Asks until the answer is the expected one, or patience ends; says what it was and how long that took. */
export async function until(
  ask: () => Promise<string>,
  expected: string,
  startedAt = performance.now(),
): Promise<Pick<Step, 'got' | 'milliseconds'>> {
  for (;;) {
    const got = await ask();
    const milliseconds = performance.now() - startedAt;
    if (got === expected || milliseconds > PATIENCE_IN_MILLISECONDS) return { got, milliseconds };
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
}

const instructions = (answer: Answer): string => {
  const [first] = answer.body['remediation'] as readonly { readonly title: string }[];
  return first === undefined ? '' : `: ${first.title}`;
};

/** What is said of access to all of these resources: one word where they agree. */
export async function access(
  client: OuterClient,
  deviceId: string,
  resources: readonly string[],
): Promise<string> {
  const answers = await Promise.all(
    resources.map((resource) => client.decide({ deviceId }, resource)),
  );
  const texts = answers.map((answer) =>
    answer.status === 200
      ? `${String(answer.body['decision'])}${instructions(answer)}`
      : `HTTP ${String(answer.status)}`,
  );
  return [...new Set(texts)].join(' and ');
}

export const event = (type: string, data: SepMobileEvent['data'], time?: Date): SepMobileEvent => ({
  type: `sepmobile.${type}`,
  data,
  ...(time === undefined ? {} : { time }),
});

/** Sends events; what is not accepted ends the play. */
export async function send(
  client: OuterClient,
  ...events: readonly SepMobileEvent[]
): Promise<void> {
  const { status, body } = await client.sendEvents(events);
  if (status !== 202)
    throw new Error(`events were answered ${String(status)}: ${JSON.stringify(body)}`);
}

/** A device that is enrolled, activated and assessed as well. */
export async function healthyDevice(
  client: OuterClient,
  deviceId: string,
  report: Report,
): Promise<void> {
  const expected = 'compliant';
  const startedAt = performance.now();
  await client.enrol(deviceId, {
    operatingSystem: 'Android',
    osVersion: '15',
    deviceName: deviceId,
  });
  await send(
    client,
    event('device.activated', { deviceId }),
    event('device.risk', { deviceId, riskLevel: 'minimal' }),
  );
  const outcome = await until(() => state(client, deviceId), expected, startedAt);
  report({ title: `${deviceId}: enrolled, activated, assessed`, expected, ...outcome });
}

export async function state(client: OuterClient, deviceId: string): Promise<string> {
  return String((await client.compliance(deviceId)).body['complianceState']);
}

/** Changes the configuration as an administrator; what is refused ends the play. */
export async function change(
  client: OuterClient,
  method: string,
  path: string,
  json?: object,
): Promise<Answer['body']> {
  const { status, body } = await client.request(method, `${path}?confirm=true`, {
    as: 'admin',
    ...(json === undefined ? {} : { json }),
  });
  if (status >= 300)
    throw new Error(`${method} ${path} was answered ${String(status)}: ${JSON.stringify(body)}`);
  return body;
}
