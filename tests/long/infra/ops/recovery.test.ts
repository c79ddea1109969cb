import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, expect, it } from 'vitest';
import { OuterClient, type SepMobileEvent } from '../../../../infra/local/demo/outerClient.ts';
import type { Stack, StackOptions } from '../../../../infra/local/stack/startStack.ts';
import { startTestStack } from '../../../support/startTestStack.ts';
import { startOps } from '../../../support/ops.ts';
import { eventually } from '../../../support/eventually.ts';

const COMPLIANCE_CHANGE =
  'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change';

const folders: string[] = [];
const stacks: Stack[] = [];
afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-recovery-'));
  folders.push(folder);
  return folder;
};

async function start(stateFolder: string, options: StackOptions = {}): Promise<Stack> {
  const stack = await startTestStack({ ...options, stateFolder });
  stacks.push(stack);
  return stack;
}

const DEVICES = ['lost-phone', 'mended-phone', 'steady-phone'];
type Level = 'minimal' | 'high';

/** It starts several systems, one after the other. */
const PATIENCE_IN_MILLISECONDS = 180_000;

it(
  'a region is lost: the system made anew elsewhere, from a backup and what is sent again, decides as the lost one did',
  async () => {
    const here = newFolder();
    const before = await start(here);
    let client = new OuterClient(before.description);
    /** Everything that SEP Mobile has sent, which it sends again when it is asked. */
    const sent: SepMobileEvent[] = [];
    const send = async (...events: readonly SepMobileEvent[]): Promise<void> => {
      sent.push(...events);
      await client.sendEvents(events);
    };
    const risk = (deviceId: string, riskLevel: Level): SepMobileEvent => ({
      type: 'sepmobile.device.risk',
      data: { deviceId, riskLevel },
      time: new Date(),
      id: `${deviceId}:${String(sent.length)}`,
    });
    const stateOf = async (deviceId: string): Promise<unknown> =>
      (await client.compliance(deviceId)).body['complianceState'];
    const jtis = async (streamId: string): Promise<readonly string[]> => {
      const { body } = await client.request('POST', `ssf/poll/${streamId}`, {
        as: 'receiver',
        json: { returnImmediately: true },
      });
      const tokens = Object.values(body['sets'] as Record<string, string>);
      return tokens.map((token) => String(decodeJwt(token).jti));
    };

    for (const deviceId of DEVICES) {
      await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
      await send(
        { type: 'sepmobile.device.activated', data: { deviceId } },
        risk(deviceId, 'minimal'),
      );
    }
    await send(risk('mended-phone', 'high'));
    for (const [deviceId, state] of [
      ['lost-phone', 'compliant'],
      ['mended-phone', 'noncompliant'],
      ['steady-phone', 'compliant'],
    ] as const)
      await eventually(
        () => stateOf(deviceId),
        (found) => found === state,
      );
    const stream = await client.request('POST', 'ssf/streams', {
      as: 'receiver',
      json: { events_requested: [COMPLIANCE_CHANGE] },
    });
    const streamId = String(stream.body['stream_id']);
    await before.stop();
    // What Azure keeps by itself, to any second: the database as it is at this moment.
    const backup = newFolder();
    cpSync(join(here, 'cosmos.sqlite'), join(backup, 'cosmos.sqlite'));

    const lost = await start(here);
    client = new OuterClient(lost.description);
    await send(risk('lost-phone', 'high'));
    await send(risk('mended-phone', 'minimal'));
    const toldBefore = await eventually(
      () => jtis(streamId),
      (found) => found.length >= 2,
    );
    const decided = new Map<string, unknown>();
    for (const deviceId of DEVICES) decided.set(deviceId, await stateOf(deviceId));
    expect([...decided.values()]).toEqual(['noncompliant', 'compliant', 'compliant']);
    await lost.stop();

    // The same secrets, another region: another folder. The queues are empty there.
    const there = newFolder();
    cpSync(join(backup, 'cosmos.sqlite'), join(there, 'cosmos.sqlite'));
    for (const file of ['secrets.json', 'issuerKeys.json'])
      cpSync(join(here, file), join(there, file));
    const settings = { RECOVERED_DATETIME: new Date().toISOString() };
    const anew = await start(there, { settings });
    client = new OuterClient(anew.description);
    // A backup knows nothing of what came after it.
    expect(await stateOf('lost-phone')).toBe('compliant');
    const reevaluated = await startOps(['reevaluate', '--folder', there]).outcome;
    expect(reevaluated.code).toBe(0);
    // In an order of its own, and all of it, though the backup knows most.
    for (const event of sent.toReversed()) await client.sendEvents([event]);
    for (const [deviceId, state] of decided)
      await eventually(
        () => stateOf(deviceId),
        (found) => found === state,
      );
    const toldAfter = await eventually(
      () => jtis(streamId),
      (found) => found.length >= 2,
    );
    expect(toldAfter.filter((jti) => toldBefore.includes(jti))).toEqual([]);
    const { code, out } = await startOps(['status', '--json', '--folder', there]).outcome;
    expect([code, JSON.parse(out)]).toMatchObject([0, { health: 'ready', quarantine: 0 }]);
  },
  PATIENCE_IN_MILLISECONDS,
);

it(
  'the key of security events is rotated, and no receiver meets a token that it cannot verify',
  async () => {
    const folder = newFolder();
    const steps = [
      (old: string, _next: string) => old,
      (old: string, next: string) => `${old} ${next}`,
      (old: string, next: string) => `${next} ${old}`,
      (_old: string, next: string) => next,
    ];
    const first = await start(folder);
    const secretsFile = join(folder, 'secrets.json');
    const { ssfSigningKey: old } = JSON.parse(readFileSync(secretsFile, 'utf8')) as {
      readonly ssfSigningKey: string;
    };
    await first.stop();
    const other = newFolder();
    const second = await start(other);
    const { ssfSigningKey: next } = JSON.parse(
      readFileSync(join(other, 'secrets.json'), 'utf8'),
    ) as {
      readonly ssfSigningKey: string;
    };
    await second.stop();
    const published: (readonly string[])[] = [];
    for (const step of steps) {
      const stack = await start(folder, { settings: { SSF_SIGNING_KEYS: step(old, next) } });
      const response = await fetch(`${stack.description.api}/api/ssf/jwks.json`);
      const { keys } = (await response.json()) as {
        readonly keys: readonly { readonly kid: string }[];
      };
      published.push(keys.map(({ kid }) => kid));
      await stack.stop();
    }
    const [[oldKid = ''] = [], begun, turned, [newKid = ''] = []] = published;
    expect(oldKid).not.toBe(newKid);
    // The one in front signs: it is published a step before it does, and a step after.
    expect([begun, turned]).toEqual([
      [oldKid, newKid],
      [newKid, oldKid],
    ]);
  },
  PATIENCE_IN_MILLISECONDS,
);
