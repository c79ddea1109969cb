import type { OuterClient, SepMobileEvent } from './outerClient.ts';
import { access, event, healthyDevice, send, state, until, type Report } from './play.ts';

/** Plays the way of a threat: found, blocked with instructions, resolved, allowed. */
async function threat(
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
  const where = resources.join(', ');
  const play = async (what: SepMobileEvent, step: string, expected: string): Promise<void> => {
    const startedAt = performance.now();
    await send(client, what);
    const outcome = await until(() => access(client, deviceId, resources), expected, startedAt);
    report({ title: `${name}: ${step} → ${where}`, expected, ...outcome });
  };
  await play(event('incident.opened', incident), 'found', `block: ${remedy}`);
  await play(
    event('incident.resolved', { ...incident, resolvedDateTime: new Date().toISOString() }),
    'removed',
    'allow',
  );
}

/** A device whose last sign of life is as old as its deadline allows falls silent a moment later. */
async function silence(client: OuterClient, deviceId: string, report: Report): Promise<void> {
  await client.enrol(deviceId, { operatingSystem: 'iOS', osVersion: '18.1' });
  const { body } = await client.compliance('demo-phone');
  const windowInMilliseconds =
    Date.parse(String(body['heartbeatDeadlineDateTime'])) -
    Date.parse(String(body['lastDeviceHeartbeatDateTime']));
  const lastSign = new Date(Date.now() - windowInMilliseconds + 1500);
  await send(
    client,
    event('device.activated', { deviceId }, lastSign),
    event('device.risk', { deviceId, riskLevel: 'minimal' }, lastSign),
  );
  const before = await until(() => state(client, deviceId), 'compliant');
  report({
    title: `${deviceId}: last heard ${String(windowInMilliseconds / 3_600_000)} h ago`,
    expected: 'compliant',
    ...before,
  });

  // The partner has to be heard after the deadline: its own silence would stop the clock.
  const heartbeats = setInterval(() => void send(client, event('connector.heartbeat', {})), 500);
  const listed = async (): Promise<string> => {
    const filter = encodeURIComponent(
      "complianceState eq 'noncompliant' and operatingSystem eq 'iOS'",
    );
    const answer = await client.request(
      'GET',
      `deviceManagement/managedDevices?$filter=${filter}`,
      { as: 'admin' },
    );
    const found = (answer.body['value'] as readonly { readonly id: string }[]).some(
      ({ id }) => id === deviceId,
    );
    return found ? 'noncompliant' : 'compliant';
  };
  const after = await until(listed, 'noncompliant');
  clearInterval(heartbeats);
  report({
    title: `${deviceId}: silent past its deadline, found by the timer`,
    expected: 'noncompliant',
    ...after,
  });

  const startedAt = performance.now();
  await send(client, event('device.heartbeat', { deviceId, appVersion: '5.1.0' }));
  const back = await until(() => state(client, deviceId), 'compliant', startedAt);
  report({ title: `${deviceId}: a heartbeat arrives`, expected: 'compliant', ...back });
}

async function strangers(client: OuterClient, report: Report): Promise<void> {
  const ask = async (): Promise<string> => {
    const { body } = await client.decide({ deviceId: 'demo-stranger' }, 'exchangeOnline');
    const [reason] = body['reasons'] as readonly { readonly code: string }[];
    const codes = (body['reasons'] as readonly { readonly code: string }[]).map(({ code }) => code);
    return `${String(body['decision'])}: ${codes.at(-1) ?? reason?.code ?? ''}`;
  };
  const unenrolled = 'block: deviceNotEnrolled';
  report({
    title: 'a device that nobody enrolled',
    expected: unenrolled,
    ...(await until(ask, unenrolled)),
  });

  const forge = async (): Promise<string> => {
    const forged = [event('device.risk', { deviceId: 'demo-phone', riskLevel: 'high' })];
    const { status } = await client.sendEvents(
      forged,
      `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    );
    return `HTTP ${String(status)}, device ${await state(client, 'demo-phone')}`;
  };
  const refused = 'HTTP 401, device compliant';
  report({
    title: 'an event with a forged signature',
    expected: refused,
    ...(await until(forge, refused)),
  });
}

/** The scenarios of a threat's way: found, blocked, removed, allowed; silence; strangers. */
export async function playThreats(client: OuterClient, report: Report): Promise<void> {
  await healthyDevice(client, 'demo-phone', report);
  await threat(client, report, {
    deviceId: 'demo-phone',
    name: 'malicious app',
    category: 'application',
    threatType: 'malware',
    title: 'FakeBank 2.1',
    resources: ['exchangeOnline', 'oneDrive', 'companyApp:payroll'],
    remedy: 'Remove the app that SEP Mobile names',
  });
  const attack = {
    deviceId: 'demo-phone',
    category: 'network',
    title: 'SSL stripping on «Airport Free Wi-Fi»',
    remedy: 'Leave the network',
  };
  await threat(client, report, {
    ...attack,
    name: 'man in the middle on Wi-Fi',
    threatType: 'sslStripping',
    resources: ['wifi'],
  });
  await threat(client, report, {
    ...attack,
    name: 'man in the middle on Wi-Fi',
    threatType: 'sslDecryption',
    resources: ['sharePointOnline'],
  });
  await silence(client, 'demo-tablet', report);
  await strangers(client, report);
}
