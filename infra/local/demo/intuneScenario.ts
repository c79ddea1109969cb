import type { StackDescription } from '../stack/startStack.ts';
import type { OuterClient } from './outerClient.ts';
import { event, send, state, until, type Report } from './play.ts';

const DEVICE_ID = '3f2c1b0a-9d8e-4c7b-8a6f-5e4d3c2b1a09';

/** A phone that nobody enrols here: it comes from Intune, is judged, is seen by Entra, and goes when it leaves Intune. */
export async function playIntune(
  client: OuterClient,
  graph: NonNullable<StackDescription['graph']>,
  report: Report,
): Promise<void> {
  const began = performance.now();
  await change(graph, 'enrol', {
    azureADDeviceId: DEVICE_ID,
    deviceName: 'From Intune',
    operatingSystem: 'iOS',
    osVersion: '18.1',
  });
  const enrolled = await until(
    async () => {
      const path = `deviceManagement/managedDevices/${DEVICE_ID}`;
      const { body } = await client.request('GET', path, { as: 'admin' });
      return String(body['deviceName']);
    },
    'From Intune',
    began,
  );
  report({ title: 'enrolled in Intune → enrolled here', expected: 'From Intune', ...enrolled });
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
    const outcome = await until(() => attributesOf(graph), expected, startedAt);
    report({ title: `risk ${riskLevel} → extensionAttributes in Entra`, expected, ...outcome });
  }
  const startedAt = performance.now();
  await change(graph, 'retire', { deviceId: DEVICE_ID });
  const outcome = await until(() => state(client, DEVICE_ID), 'unknown', startedAt);
  report({ title: 'retired in Intune → no longer enrolled', expected: 'unknown', ...outcome });
}

type Graph = NonNullable<StackDescription['graph']>;

async function change({ endpoint, localKey }: Graph, what: string, body: object): Promise<void> {
  await fetch(new URL(`/_local/${what}`, endpoint), {
    method: 'POST',
    headers: { 'x-local-key': localKey },
    body: JSON.stringify(body),
  });
}

/** As a Conditional Access filter reads them. */
async function attributesOf({ endpoint, localKey }: Graph): Promise<string> {
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
