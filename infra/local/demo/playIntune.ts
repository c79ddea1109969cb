import type { StackDescription } from '../stack/startStack.ts';
import type { OuterClient } from './outerClient.ts';
import { event, send, state, until, type Report } from './play.ts';

const DEVICE_ID = '3f2c1b0a-9d8e-4c7b-8a6f-5e4d3c2b1a09';
const DEVICE_NAME = 'From Intune';

type Graph = NonNullable<StackDescription['graph']>;

/**
 * A device that Intune enrols: the connector evaluates it, writes its attributes to Entra, and unenrols it with Intune.
 */
export async function playIntune(client: OuterClient, graph: Graph, report: Report): Promise<void> {
  await enrolment(client, graph, report);
  await attributes(client, graph, report);
  await retirement(client, graph, report);
}

async function enrolment(client: OuterClient, graph: Graph, report: Report): Promise<void> {
  const startedAt = performance.now();
  await changeDirectory(graph, 'enrol', {
    azureADDeviceId: DEVICE_ID,
    deviceName: DEVICE_NAME,
    operatingSystem: 'iOS',
    osVersion: '18.1',
  });
  const nameOf = async (): Promise<string> => {
    const path = `deviceManagement/managedDevices/${DEVICE_ID}`;
    const { body } = await client.request('GET', path, { as: 'admin' });
    return String(body['deviceName']);
  };
  const outcome = await until(nameOf, DEVICE_NAME, startedAt);
  report({ title: 'device enrolled in Intune → enrolled here', expected: DEVICE_NAME, ...outcome });
}

async function attributes(client: OuterClient, graph: Graph, report: Report): Promise<void> {
  for (const [riskLevel, expected] of [
    ['minimal', 'compliant, secured'],
    ['high', 'noncompliant, highSeverity'],
  ] as const) {
    const startedAt = performance.now();
    await send(
      client,
      event('device.activated', { deviceId: DEVICE_ID }),
      event('device.risk', { deviceId: DEVICE_ID, riskLevel }),
    );
    const outcome = await until(() => readAttributes(graph), expected, startedAt);
    report({ title: `risk ${riskLevel} → extensionAttributes in Entra`, expected, ...outcome });
  }
}

async function retirement(client: OuterClient, graph: Graph, report: Report): Promise<void> {
  const startedAt = performance.now();
  await changeDirectory(graph, 'retire', { deviceId: DEVICE_ID });
  const outcome = await until(() => state(client, DEVICE_ID), 'unknown', startedAt);
  report({ title: 'device retired in Intune → unenrolled here', expected: 'unknown', ...outcome });
}

async function changeDirectory(
  { endpoint, localKey }: Graph,
  action: string,
  body: object,
): Promise<void> {
  await fetch(new URL(`/_local/${action}`, endpoint), {
    method: 'POST',
    headers: { 'x-local-key': localKey },
    body: JSON.stringify(body),
  });
}

/** Reads the attributes that a Conditional Access filter can use. */
async function readAttributes({ endpoint, localKey }: Graph): Promise<string> {
  const { origin } = new URL(endpoint);
  const headers = { 'x-identity-header': localKey };
  const identity = await fetch(`${origin}/msi/token?resource=${origin}`, { headers });
  const { access_token: token } = (await identity.json()) as { readonly access_token: string };
  const device = await fetch(`${endpoint}/devices(deviceId='${DEVICE_ID}')`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { extensionAttributes = {} } = (await device.json()) as {
    readonly extensionAttributes?: Readonly<Record<string, string>>;
  };
  return Object.values(extensionAttributes).join(', ');
}
