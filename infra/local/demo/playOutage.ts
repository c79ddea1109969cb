import type { OuterClient } from './outerClient.ts';
import { access, change, event, send, until, type Report } from './play.ts';

const DAY_IN_SECONDS = 24 * 60 * 60;
/** Longer than the heartbeat window of devices (10 hours) and the silence threshold of the partner (7 days). */
export const OUTAGE_IN_SECONDS = 8 * DAY_IN_SECONDS;

const DEVICES = { 'demo-android': 'Android', 'demo-iphone': 'iOS' } as const;
type DeviceId = keyof typeof DEVICES;

const ALLOWED = 'allow: compliant';
const BLOCKED = 'block: partnerUnresponsive';

async function decisionWithReason(client: OuterClient, deviceId: string): Promise<string> {
  const { body } = await client.compliance(deviceId);
  const [reason] = body['reasons'] as readonly { readonly code: string }[];
  const decision = (await access(client, deviceId, ['exchangeOnline'])).split(':')[0] ?? '';
  return `${decision}: ${reason?.code ?? ''}`;
}

/** Enrols two healthy phones. On missing data the connector blocks Android phones and allows iPhones. */
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
    const outcome = await until(() => decisionWithReason(client, deviceId), ALLOWED);
    report({ title: `before the outage: ${operatingSystem}`, expected: ALLOWED, ...outcome });
  }
}

/** After eight days without reports of SEP Mobile, the connector blocks exactly the configured platform. */
export async function playAfterOutage(client: OuterClient, report: Report): Promise<void> {
  const expectDecision = async (
    title: string,
    deviceId: DeviceId,
    expected: string,
  ): Promise<void> => {
    const outcome = await until(() => decisionWithReason(client, deviceId), expected);
    report({ title, expected, ...outcome });
  };
  const silent = 'SEP Mobile silent for 8 days';
  await expectDecision(`${silent}: Android, blocked on missing data`, 'demo-android', BLOCKED);
  await expectDecision(`${silent}: iOS, allowed on missing data`, 'demo-iphone', ALLOWED);
  const devices = Object.keys(DEVICES) as DeviceId[];
  await send(client, ...devices.map((deviceId) => event('device.heartbeat', { deviceId })));
  for (const deviceId of devices)
    await expectDecision(`SEP Mobile reports again: ${DEVICES[deviceId]}`, deviceId, ALLOWED);
}
