import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, OuterClient, SepMobileEvent } from './outerClient.ts';
import { defined } from '../../../shared/base/defined.ts';

/** One step of the demo: the expected answer, the received one, and the time from the event to that answer. */
export interface Step {
  readonly title: string;
  readonly expected: string;
  readonly got: string;
  readonly milliseconds: number;
}

export type Report = (step: Step) => void;

/** The titles of instructions to the user, as the API returns them in English. */
export const INSTRUCTIONS = {
  removeApp: 'Remove the app that SEP Mobile names',
  leaveNetwork: 'Leave the network',
} as const;

const POLL_INTERVAL_IN_MILLISECONDS = 5;
const TIMEOUT_IN_MILLISECONDS = 15_000;

/**
 * Polls `ask` until it returns `expected`, or until a timeout; returns the last answer and the time since `startedAt`.
 */
export async function until(
  ask: () => Promise<string>,
  expected: string,
  startedAt = performance.now(),
): Promise<Pick<Step, 'got' | 'milliseconds'>> {
  for (;;) {
    const got = await ask();
    const milliseconds = performance.now() - startedAt;
    if (got === expected || milliseconds > TIMEOUT_IN_MILLISECONDS) return { got, milliseconds };
    await pause(POLL_INTERVAL_IN_MILLISECONDS);
  }
}

/** The access decisions for these resources with the first instruction to the user; one text if all are equal. */
export async function access(
  client: OuterClient,
  deviceId: string,
  resources: readonly string[],
): Promise<string> {
  const answers = await Promise.all(
    resources.map((resource) => client.decide({ deviceId }, resource)),
  );
  return [...new Set(answers.map(toDecisionText))].join(' and ');
}

function toDecisionText({ status, body }: Answer): string {
  if (status !== 200) return `HTTP ${String(status)}`;
  const [instruction] = body['remediation'] as readonly { readonly title: string }[];
  return `${String(body['decision'])}${instruction === undefined ? '' : `: ${instruction.title}`}`;
}

export const event = (type: string, data: SepMobileEvent['data'], time?: Date): SepMobileEvent => ({
  type: `sepmobile.${type}`,
  data,
  ...defined({ time }),
});

/** Sends events. @throws Error if they are not accepted. */
export async function send(
  client: OuterClient,
  ...events: readonly SepMobileEvent[]
): Promise<void> {
  const { status, body } = await client.sendEvents(events);
  if (status !== 202)
    throw new Error(`sending events returned HTTP ${String(status)}: ${JSON.stringify(body)}`);
}

/** Enrols a device, activates its app and reports it as healthy. */
export async function healthyDevice(
  client: OuterClient,
  deviceId: string,
  report: Report,
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  const expected = 'compliant';
  const startedAt = performance.now();
  await client.enrol(deviceId, {
    operatingSystem: 'Android',
    osVersion: '15',
    deviceName: deviceId,
    ...properties,
  });
  await send(
    client,
    event('device.activated', { deviceId }),
    event('device.risk', { deviceId, riskLevel: 'minimal' }),
  );
  const outcome = await until(() => state(client, deviceId), expected, startedAt);
  report({ title: `${deviceId} enrolled, activated, assessed`, expected, ...outcome });
}

export async function state(client: OuterClient, deviceId: string): Promise<string> {
  return String((await client.compliance(deviceId)).body['complianceState']);
}

/** Changes the configuration as an administrator. @throws Error if the change is rejected. */
export async function change(
  client: OuterClient,
  method: string,
  path: string,
  json?: object,
): Promise<Answer['body']> {
  const { status, body } = await client.request(method, `${path}?confirm=true`, {
    as: 'admin',
    ...defined({ json }),
  });
  if (status >= 300)
    throw new Error(`${method} ${path} returned HTTP ${String(status)}: ${JSON.stringify(body)}`);
  return body;
}
