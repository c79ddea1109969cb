import { randomUUID } from 'node:crypto';
import { eventually } from './eventually.ts';
import type { TestStack } from './testStack.ts';
import { defined } from '../../shared/base/defined.ts';

const RISK_LEVEL_CHANGE = 'https://schemas.openid.net/secevent/caep/event-type/risk-level-change';

/** Enrols a healthy device and waits until its announcements are delivered, so new receivers get only later ones. */
export async function enrolSubscribed(
  system: TestStack,
  properties: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { client } = system;
  const deviceId = `subscribed-${randomUUID()}`;
  const ssf = (method: string, path: string, json?: object): ReturnType<typeof client.request> =>
    client.request(method, `ssf/${path}`, {
      as: 'receiver',
      ...defined({ json }),
    });
  const { body } = await ssf('POST', 'streams', { events_requested: [RISK_LEVEL_CHANGE] });
  const streamId = String(body['stream_id']);
  await system.enrolHealthy(deviceId, properties);
  // All targets get an announcement at the same time, so when this one has it, all have.
  await eventually(
    () => ssf('POST', `poll/${streamId}`, { returnImmediately: true }),
    (answer) => Object.keys(answer.body['sets'] as object).some((jti) => jti.includes(deviceId)),
  );
  await ssf('DELETE', `streams?stream_id=${streamId}`);
  return deviceId;
}
