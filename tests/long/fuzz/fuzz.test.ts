import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { callCommand } from '../../support/commandIo.ts';
import { ownStack } from '../../support/ownStack.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import { fuzz } from './fuzz.ts';
import { runFuzz } from './runFuzz.ts';
import { startSurroundings } from './surroundings.ts';
import { toText } from './toText.ts';
import { WITHOUT_SUCCESS } from './withoutSuccess.ts';

const { fuzzedRequests: REQUESTS } = SIZE;
const SEED = 7;
const PATIENCE_IN_MILLISECONDS = 240_000;

const surroundings = await startSurroundings();
const system = ownStack({ settings: surroundings.settings, withGraph: true, withTimers: true });
afterAll(() => surroundings.stop());

describe('the outer interface', () => {
  it(
    `rejects wrong requests with the reason, serves right ones, and shows no internals, in ${String(REQUESTS)} requests`,
    async () => {
      const target = surroundings.toTarget(system.stack, system.folder);
      const { findings, succeeded, compared } = await fuzz(target, SEED, REQUESTS, {
        examplesFirst: true,
      });
      expect(findings.map(({ problem, request }) => `${problem}\n${toText(request)}`)).toEqual([]);
      expect(compared).toBeGreaterThan(0);
      const others = OPERATIONS.filter(({ operationId }) => !succeeded.has(operationId));
      expect(others.map(({ operationId }) => operationId).toSorted()).toEqual(
        Object.keys(WITHOUT_SUCCESS).toSorted(),
      );
      const log = readFileSync(join(system.folder, 'log/functionsHost.log'), 'utf8');
      expect(log).not.toMatch(/uncaught|unhandled/i);
      // The system still answers. Its decisions depend on the configuration, which the requests have changed.
      const deviceId = 'after-all-that';
      await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
      expect((await system.client.compliance(deviceId)).status).toBe(200);
      expect((await system.client.request('GET', 'health/ready')).status).toBe(200);
    },
    PATIENCE_IN_MILLISECONDS,
  );
});

describe('npm run fuzz', () => {
  it.each([
    [['--requests', 'x'], '--requests must be a whole number of at least 1, not `x`'],
    [['--seed=-1'], '--seed must be a whole number of at least 0, not `-1`'],
    [['--speed', '1'], "'--speed'"],
  ])('rejects %j and names the allowed values', async (argv, message) => {
    const { code, out, err } = await callCommand(runFuzz, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('prints its usage', async () => {
    const { code, out } = await spawnCommand('tests/long/fuzz/main.ts', ['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run fuzz')]);
  });
});
