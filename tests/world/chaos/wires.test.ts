import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCosmosWire } from '../../long/chaos/startCosmosWire.ts';
import { startSocketWire } from '../../long/chaos/startSocketWire.ts';
import { listeningPort } from '../../support/listeningPort.ts';
import { stopServer } from '../../support/stopServer.ts';

/** Dice that never choose a fault. */
const neverFailing = (): number => 0.999;

const server = createServer((_, response) => response.end('done'));
let port: number;
beforeEach(async () => {
  port = await listeningPort(server);
});
afterEach(() => stopServer(server));

/** The statuses of so many requests, one after the other; 0 without an answer. */
async function statusesOf(count: number, address: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let at = 0; at < count; at += 1)
    statuses.push(
      await fetch(address).then(
        async (response) => {
          await response.text();
          return response.status;
        },
        () => 0,
      ),
    );
  return statuses;
}

describe('the wire to the database', () => {
  it('fails once in each way, and passes everything else on', async () => {
    const wire = await startCosmosWire(`http://127.0.0.1:${String(port)}`, neverFailing);
    expect(new Set(await statusesOf(10, wire.address))).toEqual(new Set([200]));
    wire.failOnceInEachWay();
    const statuses = await statusesOf(50, wire.address);
    await wire.stop();
    expect(wire.counts).toMatchObject({
      throttled: 1,
      unavailable: 1,
      late: 1,
      lostAnswer: 1,
      slow: 1,
      good: 55,
    });
    expect(statuses.filter((status) => status !== 200)).toEqual([429, 503, 503, 0]);
  });
});

describe('a wire of bytes', () => {
  it.each([
    [{ shareOfHeld: 0.1, shareOfLostAnswers: 0 }, { held: 1, lostAnswers: 0 }, [200, 200, 200]],
    [{ shareOfHeld: 0, shareOfLostAnswers: 0.1 }, { held: 0, lostAnswers: 1 }, [0, 200, 200]],
  ])('with %j fails once: %j', async (shares, counts, statuses) => {
    const wire = await startSocketWire({ port, random: neverFailing, ...shares });
    wire.failOnceInEachWay();
    const address = `http://127.0.0.1:${String(wire.port)}`;
    expect(await statusesOf(3, address)).toEqual(statuses);
    await wire.stop();
    expect(wire.counts).toMatchObject(counts);
  });
});
