import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ServiceBusClient, type ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterEach, describe, expect, it } from 'vitest';
import {
  startServiceBusBroker,
  type BrokerOptions,
  type ServiceBusBroker,
} from '../../../../../infra/local/serviceBus/startServiceBusBroker.ts';
import { startChildPart, type ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import type { QueueShape } from '../../../../../shared/resources.ts';
import { temporaryFolder } from '../../../../support/temporaryFolder.ts';

const PLAIN: QueueShape = {
  name: 'plain',
  lockDuration: 'PT30S',
  maxDeliveryCount: 3,
  defaultMessageTimeToLive: 'P14D',
  deadLetteringOnMessageExpiration: true,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 'PT10M',
};
const ONCE: QueueShape = { ...PLAIN, name: 'once', requiresDuplicateDetection: true };
const SHORT: QueueShape = { ...PLAIN, name: 'short', lockDuration: 'PT0.2S' };

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function start(
  options: Partial<BrokerOptions> = {},
): Promise<{ broker: ServiceBusBroker; client: ServiceBusClient }> {
  const broker = await startServiceBusBroker({ queues: [PLAIN, ONCE, SHORT], ...options });
  const client = new ServiceBusClient(broker.address, {
    retryOptions: { maxRetries: 3, retryDelayInMs: 20, timeoutInMs: 1000 },
  });
  ending.push(
    () => broker.stop(),
    () => client.close(),
  );
  return { broker, client };
}

/** Starts a broker in its own process. */
async function startPart(environment: Readonly<Record<string, string>>): Promise<ChildPart> {
  const part = await startChildPart({
    name: 'serviceBus',
    entry: join(import.meta.dirname, '../../../../../infra/local/serviceBus/main.ts'),
    environment,
    logFile: '/dev/null',
  });
  ending.push(() => part.stop(1000));
  return part;
}

/** Receives `count` messages. The timeout of the test is the limit. */
async function receive(
  receiver: ReturnType<ServiceBusClient['createReceiver']>,
  count: number,
): Promise<ServiceBusReceivedMessage[]> {
  const received: ServiceBusReceivedMessage[] = [];
  while (received.length < count) {
    received.push(...(await receiver.receiveMessages(count - received.length)));
  }
  return received;
}

const bodies = (messages: readonly { body: unknown }[]): unknown[] =>
  messages.map(({ body }) => body);

describe('the local Service Bus broker, called by the real client,', () => {
  it('delivers a message with all its properties and removes it when it is completed', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({
      body: { a: [1, 'ä'] },
      messageId: 'm1',
      contentType: 'application/json',
      correlationId: 'c1',
      subject: 's1',
      applicationProperties: { attempt: 2, why: 'because' },
    });
    const receiver = client.createReceiver('plain');
    const [message] = await receive(receiver, 1);
    expect(message).toMatchObject({
      body: { a: [1, 'ä'] },
      messageId: 'm1',
      contentType: 'application/json',
      correlationId: 'c1',
      subject: 's1',
      applicationProperties: { attempt: 2, why: 'because' },
      deliveryCount: 0,
    });
    expect(message?.sequenceNumber?.toString()).toBe('1');
    expect(message?.lockedUntilUtc).toBeInstanceOf(Date);
    if (message) await receiver.completeMessage(message);
    expect(await receiver.peekMessages(10)).toEqual([]);
  });

  it('delivers a batch in order', async () => {
    const { client } = await start();
    const sender = client.createSender('plain');
    const sent = Array.from({ length: 500 }, (_, at) => at);
    await sender.sendMessages(sent.map((body) => ({ body })));
    const receiver = client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
    expect(bodies(await receive(receiver, 500))).toEqual(sent);
  });

  it('announces the maximum message size, so a client can fill a batch', async () => {
    const { client } = await start();
    const sender = client.createSender('plain');
    const batch = await sender.createMessageBatch();
    expect(batch.tryAddMessage({ body: 'fits' })).toBe(true);
    expect(batch.tryAddMessage({ body: 'x'.repeat(300_000) })).toBe(false);
    await sender.sendMessages(batch);
    expect(bodies(await receive(client.createReceiver('plain'), 1))).toEqual(['fits']);
  });

  it('rejects a message that is larger than the maximum', async () => {
    const { client } = await start();
    const sender = client.createSender('plain');
    await expect(sender.sendMessages({ body: 'x'.repeat(262_144) })).rejects.toMatchObject({
      code: 'MessageSizeExceeded',
    });
    await sender.sendMessages({ body: 'x'.repeat(250_000) });
    const [received] = await receive(client.createReceiver('plain'), 1);
    expect(received?.body).toHaveLength(250_000);
  });

  it('does not start with a lock that lasts longer than five minutes', async () => {
    const queues = [{ ...PLAIN, lockDuration: 'PT6M' }];
    await expect(startServiceBusBroker({ queues })).rejects.toThrow('at most PT5M');
  });

  it('redelivers an abandoned message with its changes and a higher delivery count', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({ body: 1 });
    const receiver = client.createReceiver('plain');
    const [first] = await receive(receiver, 1);
    if (first) await receiver.abandonMessage(first, { note: 'again' });
    const [second] = await receive(receiver, 1);
    expect(second?.deliveryCount).toBe(1);
    expect(second?.applicationProperties).toEqual({ note: 'again' });
  });

  it('dead-letters a message at the maximum delivery count', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({ body: 'poison' });
    const receiver = client.createReceiver('plain');
    for (let delivery = 0; delivery < PLAIN.maxDeliveryCount; delivery += 1) {
      const [message] = await receive(receiver, 1);
      if (message) await receiver.abandonMessage(message);
    }
    const dead = client.createReceiver('plain', { subQueueType: 'deadLetter' });
    const [message] = await receive(dead, 1);
    expect(message).toMatchObject({ body: 'poison', deadLetterReason: 'MaxDeliveryCountExceeded' });
    if (message) await dead.completeMessage(message);
    expect(await dead.peekMessages(1)).toEqual([]);
  });

  it('dead-letters a message with the reason from the receiver', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({ body: 1 });
    const receiver = client.createReceiver('plain');
    const [message] = await receive(receiver, 1);
    if (message) {
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'bad',
        deadLetterErrorDescription: 'very bad',
      });
    }
    const [dead] = await client
      .createReceiver('plain', { subQueueType: 'deadLetter' })
      .peekMessages(1);
    expect(dead).toMatchObject({ deadLetterReason: 'bad', deadLetterErrorDescription: 'very bad' });
  });

  it('dead-letters an expired message with its properties', async () => {
    const { client } = await start();
    await client
      .createSender('plain')
      .sendMessages({ body: 1, timeToLive: 1, applicationProperties: { failureCode: 'x' } });
    const listening = client.createReceiver('plain').receiveMessages(1, { maxWaitTimeInMs: 300 });
    const [dead] = await receive(client.createReceiver('plain', { subQueueType: 'deadLetter' }), 1);
    expect(dead).toMatchObject({
      deadLetterReason: 'TTLExpiredException',
      applicationProperties: { failureCode: 'x' },
    });
    expect(await listening).toEqual([]);
  });

  it('keeps a deferred message until it is received by its sequence number', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({ body: 'later' });
    const receiver = client.createReceiver('plain');
    const [message] = await receive(receiver, 1);
    if (message?.sequenceNumber === undefined) throw new Error('no message');
    await receiver.deferMessage(message);
    expect(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 })).toEqual([]);
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
    expect(deferred?.body).toBe('later');
    if (deferred) await receiver.completeMessage(deferred);
    await expect(receiver.receiveDeferredMessages(message.sequenceNumber)).rejects.toMatchObject({
      code: 'MessageNotFound',
    });
  });

  it('delivers a scheduled message on time and never a cancelled one', async () => {
    const { client } = await start();
    const sender = client.createSender('plain');
    const [cancelled] = await sender.scheduleMessages(
      { body: 'never' },
      new Date(Date.now() + 1500),
    );
    if (cancelled) await sender.cancelScheduledMessages(cancelled);
    await sender.sendMessages({
      body: 'late',
      scheduledEnqueueTimeUtc: new Date(Date.now() + 2000),
    });
    await sender.sendMessages({ body: 'now' });
    expect(bodies(await receive(client.createReceiver('plain'), 2))).toEqual(['now', 'late']);
  });

  it('drops a duplicate message id on a queue with duplicate detection', async () => {
    const { client } = await start();
    const sender = client.createSender('once');
    await sender.sendMessages([{ body: 1, messageId: 'a' }]);
    await sender.sendMessages([
      { body: 2, messageId: 'a' },
      { body: 3, messageId: 'b' },
    ]);
    expect(bodies(await receive(client.createReceiver('once'), 2))).toEqual([1, 3]);
  });

  it('redelivers a message whose lock expired, and rejects its late settlement', async () => {
    const { client } = await start();
    await client.createSender('short').sendMessages({ body: 1 });
    const slow = client.createReceiver('short', { maxAutoLockRenewalDurationInMs: 0 });
    const [first] = await receive(slow, 1);
    const [second] = await receive(client.createReceiver('short'), 1);
    expect(second?.deliveryCount).toBe(1);
    await expect(slow.completeMessage(first as ServiceBusReceivedMessage)).rejects.toMatchObject({
      code: 'MessageLockLost',
    });
  });

  it('renews a lock', async () => {
    const { client } = await start();
    await client.createSender('plain').sendMessages({ body: 1 });
    const receiver = client.createReceiver('plain');
    const [message] = await receive(receiver, 1);
    const before = message?.lockedUntilUtc?.getTime() ?? Infinity;
    await pause(5);
    const after = await receiver.renewMessageLock(message as ServiceBusReceivedMessage);
    expect(after.getTime()).toBeGreaterThan(before);
  });

  it('never delivers one message to two receivers', async () => {
    const { client } = await start();
    await client
      .createSender('plain')
      .sendMessages(Array.from({ length: 200 }, (_, body) => ({ body })));
    const seen: unknown[] = [];
    const done = Promise.withResolvers<undefined>();
    for (let at = 0; at < 3; at += 1) {
      const receiver = client.createReceiver('plain');
      receiver.subscribe(
        {
          async processMessage(message) {
            await receiver.completeMessage(message);
            seen.push(message.body);
            if (seen.length >= 200) done.resolve(undefined);
          },
          processError: ({ error }) => Promise.resolve(done.reject(error)),
        },
        { autoCompleteMessages: false, maxConcurrentCalls: 20 },
      );
    }
    await done.promise;
    expect(new Set(seen).size).toBe(200);
  });

  it('rejects an unknown queue and a session by name', async () => {
    const { client } = await start();
    await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toThrow(
      /nowhere/,
    );
    await expect(
      client.createSender('plain').sendMessages({ body: 1, sessionId: 's' }),
    ).rejects.toThrow(/sessions are not supported/);
  });

  it('serves a client again after its connections dropped', async () => {
    const { broker, client } = await start();
    const sender = client.createSender('plain');
    await sender.sendMessages({ body: 1 });
    broker.faults.dropConnections();
    await sender.sendMessages({ body: 2 });
    expect(bodies(await receive(client.createReceiver('plain'), 2))).toEqual([1, 2]);
  });

  it('keeps accepted messages and sequence numbers when its process is killed', async () => {
    const file = join(temporaryFolder('broker'), 'queues.sqlite');
    const environment = { SERVICEBUS_FILE: file, SERVICEBUS_LOCK_DURATION: 'PT30S' };
    const first = await startPart(environment);
    const client = new ServiceBusClient(first.address);
    const sender = client.createSender('device-signals');
    await sender.sendMessages(['done', 'locked', 'dead', 'kept'].map((body) => ({ body })));
    const receiver = client.createReceiver('device-signals');
    const [done, , dead] = await receive(receiver, 3);
    if (done === undefined || dead === undefined) throw new TypeError('no messages');
    await receiver.completeMessage(done);
    await receiver.deadLetterMessage(dead, {
      deadLetterReason: 'why',
      deadLetterErrorDescription: '',
    });
    const scheduledFor = new Date(Date.now() + 60_000);
    await sender.scheduleMessages([{ body: 'later' }], scheduledFor);
    await client.close();
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');

    const second = await startPart(environment);
    const after = new ServiceBusClient(second.address);
    ending.push(() => after.close());
    const again = after.createReceiver('device-signals');
    expect(bodies(await again.peekMessages(10))).toEqual(['locked', 'kept', 'later']);
    expect(bodies(await receive(again, 2))).toEqual(['locked', 'kept']);
    const [buried] = await after
      .createReceiver('device-signals', { subQueueType: 'deadLetter' })
      .peekMessages(10);
    expect(buried).toMatchObject({ body: 'dead', deadLetterReason: 'why' });
    await after.createSender('device-signals').sendMessages({ body: 'next' });
    const [next] = await receive(again, 1);
    expect(next?.sequenceNumber?.toNumber()).toBe(6);
  });

  it('refuses sends on demand, and the client retries', async () => {
    const { broker, client } = await start();
    broker.faults.refuseSends(1);
    await client.createSender('plain').sendMessages({ body: 1 });
    expect(broker.depth('plain').active).toBe(1);
  });
});
