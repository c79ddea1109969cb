import type { OuterClient } from './outerClient.ts';
import { access, change, event, send, until, type Report } from './play.ts';

const DAY_IN_SECONDS = 24 * 60 * 60;
/** Longer than the devices' window of 10 hours and the partner's threshold of 7 days. */
export const OUTAGE_IN_SECONDS = 8 * DAY_IN_SECONDS;

const DEVICES = { 'demo-android': 'Android', 'demo-iphone': 'iOS' } as const;

async function reasonOf(client: OuterClient, deviceId: string): Promise<string> {
  const { body } = await client.compliance(deviceId);
  const [reason] = body['reasons'] as readonly { readonly code: string }[];
  const decision = (await access(client, deviceId, ['exchangeOnline'])).split(':')[0] ?? '';
  return `${decision}: ${reason?.code ?? ''}`;
}

async function expectReason(
  client: OuterClient,
  report: Report,
  title: string,
  deviceId: string,
  expected: string,
): Promise<void> {
  const outcome = await until(() => reasonOf(client, deviceId), expected);
  report({ title, expected, ...outcome });
}

async function heartbeats(client: OuterClient): Promise<void> {
  const devices = Object.keys(DEVICES);
  await send(client, ...devices.map((deviceId) => event('device.heartbeat', { deviceId })));
}

/** Two phones in order; phones without data are blocked where they run Android, and let pass where they run iOS. */
export async function playBeforeOutage(client: OuterClient, report: Report): Promise<void> {
  await change(client, 'PATCH', 'deviceManagement/mobileThreatDefenseConnectors/default', {
    androidDeviceBlockedOnMissingPartnerData: true,
    iosDeviceBlockedOnMissingPartnerData: false,
  });
  for (const [deviceId, operatingSystem] of Object.entries(DEVICES)) {
    await client.enrol(deviceId, { operatingSystem, osVersion: '18' });
    await send(
      client,
      event('device.activated', { deviceId }),
      event('device.risk', { deviceId, riskLevel: 'minimal' }),
    );
    const title = `before the outage: ${operatingSystem}`;
    await expectReason(client, report, title, deviceId, 'allow: compliant');
  }
}

/** After eight days without a word of SEP Mobile: exactly those are blocked whom the settings say. */
export async function playAfterOutage(client: OuterClient, report: Report): Promise<void> {
  const title = 'SEP Mobile silent for 8 days';
  const blocked = 'block: partnerUnresponsive';
  await expectReason(
    client,
    report,
    `${title}: Android, missing data blocked`,
    'demo-android',
    blocked,
  );
  const allowed = 'allow: compliant';
  await expectReason(
    client,
    report,
    `${title}: iOS, missing data let pass`,
    'demo-iphone',
    allowed,
  );
  await heartbeats(client);
  for (const [deviceId, operatingSystem] of Object.entries(DEVICES)) {
    await expectReason(client, report, `SEP Mobile is back: ${operatingSystem}`, deviceId, allowed);
  }
}
