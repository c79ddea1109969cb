import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ownStack } from '../support/ownStack.ts';
import { fuzz, toText } from './fuzz.ts';

const REQUESTS = 5000;
const PATIENCE_IN_MILLISECONDS = 120_000;

const own = ownStack();

it(
  'answers whatever is sent with what is wrong about it, and shows nothing of the inside',
  async () => {
    const { findings, statuses } = await fuzz(own.stack, 7, REQUESTS);
    expect(findings.map(({ problem, request }) => `${problem}\n${toText(request)}`)).toEqual([]);
    expect(Object.keys(statuses).length).toBeGreaterThan(6);
    const log = readFileSync(join(own.folder, 'log/functionsHost.log'), 'utf8');
    expect(log).not.toMatch(/uncaught|unhandled/i);
    // It lives, and answers; what it decides is another thing, after an operator who types whatever.
    const deviceId = 'after-all-that';
    await own.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    expect((await own.client.compliance(deviceId)).status).toBe(200);
    expect((await own.client.request('GET', 'health/ready')).status).toBe(200);
  },
  PATIENCE_IN_MILLISECONDS,
);
