import type { OuterClient, SepMobileEvent } from './outerClient.ts';
import {
  access,
  event,
  healthyDevice,
  INSTRUCTIONS,
  send,
  state,
  until,
  type Report,
} from './play.ts';

/** A threat is found and access is blocked with instructions; it is resolved and access is allowed. */
async function playThreat(
  client: OuterClient,
  report: Report,
  scene: {
    readonly deviceId: string;
    readonly name: string;
    readonly category: string;
    readonly threatType: string;
    readonly title: string;
    readonly resources: readonly string[];
    readonly remedy: string;
  },
): Promise<void> {
  const { deviceId, name, category, threatType, title, resources, remedy } = scene;
  const incident = {
    deviceId,
    incidentId: `${deviceId}-${threatType}`,
    category,
    threatType,
    severity: 'high',
    detectedDateTime: new Date().toISOString(),
    title,
  };
  const play = async (sent: SepMobileEvent, step: string, expected: string): Promise<void> => {
    const startedAt = performance.now();
    await send(client, sent);
    const outcome = await until(() => access(client, deviceId, resources), expected, startedAt);
    report({ title: `${name} ${step}: ${resources.join(', ')}`, expected, ...outcome });
  };
  await play(event('incident.opened', incident), 'found', `block: ${remedy}`);
  await play(
    event('incident.resolved', { ...incident, resolvedDateTime: new Date().toISOString() }),
    'resolved',
    'allow',
  );
}

/**
 * A device whose last heartbeat is almost too old becomes noncompliant, and a new heartbeat makes it compliant again.
 */
async function playSilence(client: OuterClient, deviceId: string, report: Report): Promise<void> {
  await client.enrol(deviceId, { operatingSystem: 'iOS', osVersion: '18.1' });
  const windowInMilliseconds = await heartbeatWindow(client);
  const lastSign = new Date(Date.now() - windowInMilliseconds + 1500);
  await send(
    client,
    event('device.activated', { deviceId }, lastSign),
    event('device.risk', { deviceId, riskLevel: 'minimal' }, lastSign),
  );
  report({
    title: `${deviceId}: last heartbeat ${String(windowInMilliseconds / 3_600_000)} h ago`,
    expected: 'compliant',
    ...(await until(() => state(client, deviceId), 'compliant')),
  });

  // The partner must report after the deadline, because its own silence would stop the device's clock.
  const heartbeats = setInterval(() => void send(client, event('connector.heartbeat', {})), 500);
  const overdue = await until(() => listedState(client, deviceId), 'noncompliant');
  clearInterval(heartbeats);
  report({
    title: `${deviceId}: heartbeat overdue, found by the timer`,
    expected: 'noncompliant',
    ...overdue,
  });

  const startedAt = performance.now();
  await send(client, event('device.heartbeat', { deviceId, appVersion: '5.1.0' }));
  const back = await until(() => state(client, deviceId), 'compliant', startedAt);
  report({ title: `${deviceId}: heartbeat received`, expected: 'compliant', ...back });
}

/** How long a device may be silent, in milliseconds, by the deadline of another device. */
async function heartbeatWindow(client: OuterClient): Promise<number> {
  const { body } = await client.compliance('demo-phone');
  return (
    Date.parse(String(body['heartbeatDeadlineDateTime'])) -
    Date.parse(String(body['lastDeviceHeartbeatDateTime']))
  );
}

/** The device's state by the list of noncompliant devices. */
async function listedState(client: OuterClient, deviceId: string): Promise<string> {
  const filter = encodeURIComponent(
    "complianceState eq 'noncompliant' and operatingSystem eq 'iOS'",
  );
  const path = `deviceManagement/managedDevices?$filter=${filter}`;
  const { body } = await client.request('GET', path, { as: 'admin' });
  const listed = body['value'] as readonly { readonly id: string }[];
  return listed.some(({ id }) => id === deviceId) ? 'noncompliant' : 'compliant';
}

/** An unenrolled device is blocked, and an event with a forged signature is rejected. */
async function playRejections(client: OuterClient, report: Report): Promise<void> {
  const decide = async (): Promise<string> => {
    const { body } = await client.decide({ deviceId: 'demo-unenrolled' }, 'exchangeOnline');
    const reasons = body['reasons'] as readonly { readonly code: string }[];
    return `${String(body['decision'])}: ${reasons.at(-1)?.code ?? ''}`;
  };
  const blocked = 'block: deviceNotEnrolled';
  report({
    title: 'unenrolled device: exchangeOnline',
    expected: blocked,
    ...(await until(decide, blocked)),
  });

  const forge = async (): Promise<string> => {
    const forged = [event('device.risk', { deviceId: 'demo-phone', riskLevel: 'high' })];
    const wrongSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { status } = await client.sendEvents(forged, wrongSecret);
    return `HTTP ${String(status)}, device ${await state(client, 'demo-phone')}`;
  };
  const rejected = 'HTTP 401, device compliant';
  report({
    title: 'event with a forged signature',
    expected: rejected,
    ...(await until(forge, rejected)),
  });
}

/** Threats from found to resolved, a silent device, an unenrolled device, and a forged event. */
export async function playThreats(client: OuterClient, report: Report): Promise<void> {
  await healthyDevice(client, 'demo-phone', report);
  await playThreat(client, report, {
    deviceId: 'demo-phone',
    name: 'malicious app',
    category: 'application',
    threatType: 'malware',
    title: 'FakeBank 2.1',
    resources: ['exchangeOnline', 'oneDrive', 'companyApp:payroll'],
    remedy: INSTRUCTIONS.removeApp,
  });
  const attack = {
    deviceId: 'demo-phone',
    category: 'network',
    title: 'SSL stripping on «Airport Free Wi-Fi»',
    remedy: INSTRUCTIONS.leaveNetwork,
  };
  await playThreat(client, report, {
    ...attack,
    name: 'man in the middle on Wi-Fi',
    threatType: 'sslStripping',
    resources: ['wifi'],
  });
  await playThreat(client, report, {
    ...attack,
    name: 'man in the middle on Wi-Fi',
    threatType: 'sslDecryption',
    resources: ['sharePointOnline'],
  });
  await playSilence(client, 'demo-tablet', report);
  await playRejections(client, report);
}
