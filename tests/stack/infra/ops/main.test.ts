import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';
import { eventually } from '../../../support/eventually.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { stackMac } from '../../../support/stackMac.ts';
import { spawnCommand } from '../../../support/spawnCommand.ts';
import { listeningPort } from '../../../support/listeningPort.ts';

const system = quietStack();
let broker: ServiceBusClient;
beforeAll(() => {
  broker = new ServiceBusClient(system.stack.description.serviceBus);
});
afterAll(() => broker.close());

const ops = (...words: readonly string[]): Promise<CommandOutcome> => opsIn(system.folder, words);
const opsIn = (folder: string, words: readonly string[]): Promise<CommandOutcome> =>
  callCommand(runOps, [...words, '--folder', folder]);

/** A port without a listener. */
async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listeningPort(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Puts a message into the dead letters. */
async function bury(queue: string, body: object, code = 'deviceRecordInvalid'): Promise<void> {
  const sender = broker.createSender(queue);
  await sender.sendMessages({
    body: toDeadLetter(body, { code, reason: 'for a test' }),
    contentType: 'application/json',
    timeToLive: 1,
    applicationProperties: { failureCode: code, failureReason: 'for a test' },
  });
  await sender.close();
}

const lettersOf = async (
  queue: string,
  code: string,
): Promise<readonly Readonly<Record<string, string>>[]> =>
  JSON.parse((await ops('dead-letters', 'list', queue, '--code', code, '--json')).out) as Record<
    string,
    string
  >[];

describe('npm run ops', () => {
  it('prints its usage, and ends with 2 after a usage error', async () => {
    const [help, wrong, option, queue] = await Promise.all([
      spawnCommand('infra/ops/main.ts', ['--help']),
      ops('dead-letters', 'bury', 'device-signals'),
      ops('dead-letters', 'list', 'device-signals', '--colour'),
      ops('dead-letters', 'list', 'letters'),
    ]);
    expect([help.code, wrong.code, option.code, queue.code]).toEqual([0, 2, 2, 2]);
    expect(help.out).toContain('dead-letters list|show|replay|drop');
    expect(wrong.err).toContain('`dead-letters bury`');
    expect(queue.err).toContain('`letters` is not a queue');
  });

  it('ends with 1 if no system runs', async () => {
    expect((await opsIn(tmpdir(), ['streams', 'list'])).code).toBe(1);
  });

  it('reports the status while the API is down, and ends with 1', async () => {
    const folder = mkdtempSync(join(inject('runFolder'), 'away-'));
    const nowhere = `http://127.0.0.1:${String(await closedPort())}`;
    const description = { ...system.stack.description, api: nowhere };
    writeFileSync(join(folder, 'stack.json'), JSON.stringify(description));
    const { code, out } = await opsIn(folder, ['status', '--json']);
    const { out: letters } = await ops('dead-letters', 'list', 'device-signals', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      {
        health: expect.stringContaining(`${nowhere} does not answer`) as string,
        'device-signals dead letters': (JSON.parse(letters) as unknown[]).length,
      },
    ]);
  });

  it('lists, replays and drops only the matching dead letters', async () => {
    const queue = 'device-signals';
    const code = 'messageNotAuthentic';
    const letters = (): ReturnType<typeof lettersOf> => lettersOf(queue, code);
    expect(await letters()).toEqual([]);
    await bury(queue, { nonsense: 1 }, code);
    await bury(queue, { nonsense: 2 }, code);
    const [first, second] = await eventually(letters, (found) => found.length === 2);
    const firstId = String(first?.['id']);
    const shown = await ops('dead-letters', 'show', queue, '--id', firstId);
    expect(shown.out).toContain('nonsense');

    const refused = await ops('dead-letters', 'drop', queue, '--id', firstId);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--yes') as string]);
    const dropped = await ops('dead-letters', 'drop', queue, '--id', firstId, '--yes', '--json');
    expect(JSON.parse(dropped.out)).toEqual({ queue, dropped: 1 });
    expect((await letters()).map(({ id }) => id)).toEqual([second?.['id']]);
    const nowhere = await ops('dead-letters', 'replay', queue, '--id', '99999');
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('99999') as string]);

    // The message still has no MAC, so it is dead-lettered again.
    const replayed = await ops('dead-letters', 'replay', queue, '--code', code, '--json');
    expect([replayed.code, JSON.parse(replayed.out)]).toEqual([0, { queue, replayed: 1 }]);
    const [back] = await eventually(letters, (found) => found.length === 1);
    expect(back?.['id']).not.toBe(second?.['id']);
  });

  it('replays a signal that failed before', async () => {
    const deviceId = 'ops-phone';
    const now = new Date().toISOString();
    const signal = {
      type: 'riskReported',
      signalId: 'ops-1',
      observedDateTime: now,
      receivedDateTime: now,
      deviceId,
      riskLevel: 'high',
    };
    await bury('device-signals', stackMac(system.folder).sign({ attempt: 5, signal }));
    await ops('dead-letters', 'replay', 'device-signals', '--device', deviceId);
    await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['partnerReportedThreatState'] === 'highSeverity',
    );
    const left = await ops('dead-letters', 'list', 'device-signals', '--device', deviceId);
    expect(left.out.trim()).toBe('none');
  });

  it('finds a message by any of its devices, replays it as a whole, and does not drop it', async () => {
    const queue = 'device-signals';
    const devices = ['ops-pack-0', 'ops-pack-1', 'ops-pack-2', 'ops-pack-3'];
    const now = new Date().toISOString();
    const pack = devices.map((deviceId) => ({
      attempt: 3,
      signal: {
        type: 'riskReported',
        signalId: `pack-${deviceId}`,
        observedDateTime: now,
        receivedDateTime: now,
        deviceId,
        riskLevel: 'high',
      },
    }));
    await bury(queue, stackMac(system.folder).sign(pack));
    const about = (deviceId: string): Promise<CommandOutcome> =>
      ops('dead-letters', 'list', queue, '--device', deviceId);
    const { out } = await eventually(
      () => about('ops-pack-3'),
      (listed) => listed.out.includes('ops-pack-0'),
    );
    expect(out).toContain('ops-pack-0, ops-pack-1, ops-pack-2 and 1 more');
    const dropped = await ops('dead-letters', 'drop', queue, '--device', 'ops-pack-1', '--yes');
    expect(dropped.out).toContain('kept 1 that also contain signals of other devices');
    await ops('dead-letters', 'replay', queue, '--device', 'ops-pack-1');
    for (const deviceId of devices)
      await eventually(
        () => system.client.compliance(deviceId),
        ({ body }) => body['partnerReportedThreatState'] === 'highSeverity',
      );
    expect((await about('ops-pack-0')).out.trim()).toBe('none');
  });

  it('pauses and resumes a stream', async () => {
    const { body } = await system.client.request('POST', 'ssf/streams', {
      as: 'receiver',
      json: { events_requested: [], description: 'Mail' },
    });
    const id = String(body['stream_id']);
    expect((await ops('streams', 'list')).out).toContain(`${id}  enabled   receiver  Mail`);
    const paused = await ops('streams', 'pause', id, '--json');
    expect(JSON.parse(paused.out)).toEqual({ stream_id: id, status: 'paused' });
    expect((await ops('streams', 'resume', id)).out).toContain('status: enabled');
    const unknown = await ops('streams', 'pause', 'nobody');
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining('itemNotFound') as string,
    ]);
  });

  it('shows the silence breaker', async () => {
    const { code, out } = await ops('silence-breaker', 'show', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { state: 'closed' }]);
    expect((await ops('silence-breaker', 'confirm')).code).toBe(1);
  });
});
