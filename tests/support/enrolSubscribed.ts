import { randomUUID } from 'node:crypto';
import { eventually } from './eventually.ts';
import type { TestStack } from './testStack.ts';

const RISK_LEVEL_CHANGE = 'https://schemas.openid.net/secevent/caep/event-type/risk-level-change';

/** A device that was found well, and of which everybody has been told that: whoever is told from now on hears what comes. */
export async function enrolSubscribed(
  system: TestStack,
  properties: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { client } = system;
  const deviceId = `told-${randomUUID()}`;
  const ssf = (method: string, path: string, json?: object): ReturnType<typeof client.request> =>
    client.request(method, `ssf/${path}`, {
      as: 'receiver',
      ...(json === undefined ? {} : { json }),
    });
  const { body } = await ssf('POST', 'streams', { events_requested: [RISK_LEVEL_CHANGE] });
  const streamId = String(body['stream_id']);
  await system.enrolHealthy(deviceId, properties);
  // All targets are told of one announcement at once: it has come to this one.
  await eventually(
    () => ssf('POST', `poll/${streamId}`, { returnImmediately: true }),
    (answer) => Object.keys(answer.body['sets'] as object).some((jti) => jti.includes(deviceId)),
  );
  await ssf('DELETE', `streams?stream_id=${streamId}`);
  return deviceId;
}
