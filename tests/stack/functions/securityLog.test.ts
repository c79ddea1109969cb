import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const SETTINGS = 'deviceManagement/settings';

const logged = (): string => readFileSync(join(system.folder, 'log/functionsHost.log'), 'utf8');
/** The length of the log before the test: other files use the same system. */
let start = 0;
beforeEach(() => {
  start = logged().length;
});

/** The lines of this test that contain all these texts, once there is one. */
function linesWith(...texts: readonly string[]): Promise<readonly string[]> {
  return eventually(
    () =>
      logged()
        .slice(start)
        .split('\n')
        .filter((line) => texts.every((text) => line.includes(text))),
    (lines) => lines.length > 0,
  );
}

/** The audit events in these lines. */
const eventsIn = (lines: readonly string[]): readonly Record<string, unknown>[] =>
  lines.map(
    (line) => JSON.parse(line.slice(line.indexOf('audit: {') + 7)) as Record<string, unknown>,
  );

describe('the log', () => {
  it.each([
    ['no token', {}, 401, 'unauthenticated: '],
    ['a broken token', { authorization: 'Bearer a.b.c' }, 401, 'unauthenticated: '],
  ])('names a caller with %s by function', async (_, headers, status, phrase) => {
    const answer = await system.client.request('GET', 'deviceManagement/auditEvents', { headers });
    expect(answer.status).toBe(status);
    expect(await linesWith(' auditEvents ', ` ${phrase}`)).toHaveLength(1);
  });

  it('names a caller without the role by function', async () => {
    const token = await system.sign({ azp: 'no-role', roles: [] });
    const headers = { authorization: `Bearer ${token}` };
    for (const path of ['access/nginx/wifi', 'access/envoy/wifi', 'access/radius/wifi'])
      await system.client.request('GET', path, { headers });
    for (const name of ['authorizeNginx', 'authorizeEnvoy', 'authorizeRadius'])
      expect(await linesWith(` ${name} `, ' accessDenied: the token lacks')).toHaveLength(1);
  });

  it('has a copy of each audit event, without the documents', async () => {
    const { status } = await system.client.request('PATCH', `${SETTINGS}?confirm=true`, {
      as: 'admin',
      json: { partnerHeartbeatSlackInSeconds: 77 },
    });
    expect(status).toBe(200);
    await linesWith('"activityType":"update tenant settings"', '"activityResult":"success"');
    const events = eventsIn(await linesWith('"activityType":"update tenant settings"'));
    const confirmed = events.filter(({ isConfirmed }) => isConfirmed === true);
    expect(confirmed.map(({ activityResult }) => activityResult)).toEqual(['pending', 'success']);
    expect(confirmed[0]).not.toHaveProperty('after');
    const { body: list } = await system.client.request('GET', 'deviceManagement/auditEvents', {
      as: 'admin',
    });
    const { value } = list as { readonly value: readonly Record<string, unknown>[] };
    expect(value.find(({ id }) => id === confirmed[1]?.['id'])).toMatchObject({ ...confirmed[1] });
  });
});
