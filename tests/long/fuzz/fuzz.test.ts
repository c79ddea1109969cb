import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { ownStack } from '../../support/ownStack.ts';
import { fuzz } from './fuzz.ts';
import { startSurroundings } from './surroundings.ts';
import { toText } from './toText.ts';
import { WITHOUT_SUCCESS } from './withoutSuccess.ts';

const REQUESTS = 4000;
const PATIENCE_IN_MILLISECONDS = 240_000;

const surroundings = await startSurroundings();
const system = ownStack({ settings: surroundings.settings, withGraph: true, withTimers: true });
afterAll(() => surroundings.stop());

it(
  'answers whatever is sent with what is wrong about it, gets behind every door, and shows nothing of the inside',
  async () => {
    const target = surroundings.toTarget(system.stack, system.folder);
    const { findings, succeeded } = await fuzz(target, 7, REQUESTS);
    expect(findings.map(({ problem, request }) => `${problem}\n${toText(request)}`)).toEqual([]);
    const others = OPERATIONS.filter(({ operationId }) => !succeeded.has(operationId));
    expect(others.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(WITHOUT_SUCCESS).toSorted(),
    );
    const log = readFileSync(join(system.folder, 'log/functionsHost.log'), 'utf8');
    expect(log).not.toMatch(/uncaught|unhandled/i);
    // It lives, and answers; what it decides is another thing, after an operator who types whatever.
    const deviceId = 'after-all-that';
    await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    expect((await system.client.compliance(deviceId)).status).toBe(200);
    expect((await system.client.request('GET', 'health/ready')).status).toBe(200);
  },
  PATIENCE_IN_MILLISECONDS,
);
