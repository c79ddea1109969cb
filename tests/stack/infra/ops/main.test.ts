import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OuterClient } from '../../../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../../../infra/local/stack/startStack.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { startTestStack } from '../../../support/startTestStack.ts';
import { toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { eventually } from '../../../support/eventually.ts';

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-ops-'));
let stack: Stack;
let client: OuterClient;
let broker: ServiceBusClient;
beforeAll(async () => {
  stack = await startTestStack({ stateFolder });
  client = new OuterClient(stack.description);
  broker = new ServiceBusClient(stack.description.serviceBus);
});
afterAll(async () => {
  await broker.close();
  await stack.stop();
  rmSync(stateFolder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const ops = (...words: readonly string[]): Promise<Outcome> => opsIn(stateFolder, words);

/** The command as it is typed, in a process of its own. */
function opsIn(folder: string, words: readonly string[]): Promise<Outcome> {
  const file = join(PROJECT_ROOT, 'infra/ops/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', file, ...words, '--folder', folder];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Puts a message there, as a fault would. */
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

const lettersOf = async (queue: string): Promise<readonly Readonly<Record<string, string>>[]> =>
  JSON.parse((await ops('dead-letters', 'list', queue, '--json')).out) as Record<string, string>[];

describe('the operations commands', () => {
  it('say what there is, and end with 2 where they are not understood', async () => {
    const [help, wrong, option, queue] = await Promise.all([
      ops('--help'),
      ops('dead-letters', 'bury', 'device-signals'),
      ops('dead-letters', 'list', 'device-signals', '--colour'),
      ops('dead-letters', 'list', 'letters'),
    ]);
    expect([help.code, wrong.code, option.code, queue.code]).toEqual([0, 2, 2, 2]);
    expect(help.out).toContain('dead-letters list|show|replay|drop');
    expect(wrong.err).toContain('`dead-letters bury`');
    expect(queue.err).toContain('`letters` is not a queue');
  });

  it('end with 1 where nothing runs', async () => {
    expect((await opsIn(tmpdir(), ['streams', 'list'])).code).toBe(1);
  });

  it('say how it stands where the system itself is away, and that somebody is needed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mtd-ops-away-'));
    const nowhere = `http://127.0.0.1:${String(await closedPort())}`;
    const description = { ...stack.description, api: nowhere };
    writeFileSync(join(folder, 'stack.json'), JSON.stringify(description));
    const { code, out } = await opsIn(folder, ['status', '--json']);
    rmSync(folder, { recursive: true });
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      {
        health: expect.stringContaining(`${nowhere} does not answer`) as string,
        'device-signals dead letters': 0,
      },
    ]);
  });

  it('list, replay and drop dead letters, those alone that fit', async () => {
    const queue = 'device-signals';
    expect(await lettersOf(queue)).toEqual([]);
    await bury(queue, { nonsense: 1 }, 'messageInvalid');
    await bury(queue, { nonsense: 2 }, 'messageInvalid');
    const letters = await eventually(
      () => lettersOf(queue),
      (found) => found.length === 2,
    );
    expect(letters.map(({ code }) => code)).toEqual(['messageInvalid', 'messageInvalid']);
    const [first] = letters;
    const shown = await ops('dead-letters', 'show', queue, '--id', String(first?.['id']));
    expect(shown.out).toContain('nonsense');

    const refused = await ops('dead-letters', 'drop', queue, '--id', String(first?.['id']));
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--yes') as string]);
    const dropped = await ops(
      'dead-letters',
      'drop',
      queue,
      '--id',
      String(first?.['id']),
      '--yes',
      '--json',
    );
    expect(JSON.parse(dropped.out)).toEqual({ queue, dropped: 1 });
    expect((await lettersOf(queue)).map(({ id }) => id)).toEqual([letters[1]?.['id']]);
    const nowhere = await ops('dead-letters', 'replay', queue, '--id', '99999');
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('99999') as string]);

    // It is as wrong as it was, so it comes back: nothing is lost by trying.
    const replayed = await ops('dead-letters', 'replay', queue, '--json');
    expect([replayed.code, JSON.parse(replayed.out)]).toEqual([0, { queue, replayed: 1 }]);
    const back = await eventually(
      () => lettersOf(queue),
      (found) => found.length === 1,
    );
    expect(back[0]?.['id']).not.toBe(letters[1]?.['id']);
  });

  it('bring a signal back that could not be worked before', async () => {
    const deviceId = 'ops-phone';
    const now = new Date().toISOString();
    await bury('device-signals', {
      attempt: 5,
      signal: {
        type: 'riskReported',
        signalId: 'ops-1',
        observedDateTime: now,
        receivedDateTime: now,
        deviceId,
        riskLevel: 'high',
      },
    });
    await ops('dead-letters', 'replay', 'device-signals', '--device', deviceId);
    await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    await eventually(
      () => client.compliance(deviceId),
      ({ body }) => body['partnerReportedThreatState'] === 'highSeverity',
    );
    const left = await ops('dead-letters', 'list', 'device-signals', '--device', deviceId);
    expect(left.out.trim()).toBe('none');
  });

  it('find a message by each device in it, replay the whole, and drop none of another device', async () => {
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
    await bury(queue, pack);
    const about = (deviceId: string): Promise<Outcome> =>
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
        () => client.compliance(deviceId),
        ({ body }) => body['partnerReportedThreatState'] === 'highSeverity',
      );
    expect((await about('ops-pack-0')).out.trim()).toBe('none');
  });

  it('pause and resume a stream', async () => {
    const { body } = await client.request('POST', 'ssf/streams', {
      as: 'receiver',
      json: { events_requested: [], description: 'Mail' },
    });
    const id = String(body['stream_id']);
    expect((await ops('streams', 'list')).out).toContain(`${id}  enabled   receiver  Mail`);
    const paused = await ops('streams', 'pause', id, '--json');
    expect(JSON.parse(paused.out)).toEqual({ stream_id: id, status: 'paused' });
    expect((await ops('streams', 'resume', id)).out).toContain('status: enabled');
    const unknown = await ops('streams', 'pause', 'nobody');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('404') as string]);
  });

  it('show the silence breaker', async () => {
    const { code, out } = await ops('silence-breaker', 'show', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { state: 'closed' }]);
    expect((await ops('silence-breaker', 'confirm')).code).toBe(1);
  });
});
