import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll } from 'vitest';
import type { FaultRule } from '../../infra/local/cosmos/faults.ts';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import type { Stack, StackOptions } from '../../infra/local/stack/startStack.ts';
import { eventually } from './eventually.ts';
import { signToken } from './signToken.ts';
import { startTestStack } from './startTestStack.ts';
import { WITHOUT_TIMERS } from './withoutTimers.ts';

/** How often each kind of request reached the `devices` container. */
export type DeviceRequests = Readonly<Record<string, number>>;

/** A system of a test file's own, whose database can be made to fail and tells what it was asked. */
export interface OwnStack {
  readonly stack: Stack;
  readonly client: OuterClient;
  /** Where its state is. */
  readonly folder: string;
  /** Enrols a device that SEP Mobile found well, and waits until it is let in. */
  enrolWell(deviceId: string, properties?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A token of the issuer's own key, good for ten minutes, with these claims added or in place of the usual. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  fail(rule: FaultRule): Promise<void>;
  mend(): Promise<void>;
  deviceRequests(): Promise<DeviceRequests>;
}

/**
 * Starts the system before the tests of the file and ends it after them; its members are there within tests alone.
 * Its timers stand still unless they are asked for.
 */
export function ownStack({
  withTimers = false,
  ...options
}: Omit<StackOptions, 'stateFolder'> & { readonly withTimers?: boolean } = {}): OwnStack {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-own-'));
  let stack: Stack | undefined;
  let client: OuterClient | undefined;
  beforeAll(async () => {
    const settings = { ...(withTimers ? {} : WITHOUT_TIMERS), ...options.settings };
    stack = await startTestStack({ ...options, settings, stateFolder });
    client = new OuterClient(stack.description);
  });
  afterAll(async () => {
    await stack?.stop();
    rmSync(stateFolder, { recursive: true });
  });
  const running = (): Stack => {
    if (stack === undefined) throw new TypeError('the system runs within tests alone');
    return stack;
  };
  const speaking = (): OuterClient => {
    if (client === undefined) throw new TypeError('the system runs within tests alone');
    return client;
  };
  const local = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { endpoint, key } = running().description.cosmos;
    const response = await fetch(`${endpoint}/_local/${path}`, {
      method,
      headers: { 'x-local-key': key },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the local database answers ${await response.text()}`);
    return response.json();
  };
  return {
    folder: stateFolder,
    get stack() {
      return running();
    },
    get client() {
      return speaking();
    },
    async enrolWell(deviceId, properties = {}) {
      const base = { operatingSystem: 'Android', osVersion: '15' };
      await speaking().enrol(deviceId, { ...base, ...properties });
      await speaking().sendEvents([
        { type: 'sepmobile.device.activated', data: { deviceId } },
        { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'minimal' } },
      ]);
      await eventually(
        () => speaking().decide({ deviceId }, 'exchangeOnline'),
        ({ body }) => body['decision'] === 'allow',
      );
    },
    sign(claims, header) {
      return signToken(stateFolder, running().description, claims, header);
    },
    async fail(rule) {
      await local('POST', 'faults', rule);
    },
    async mend() {
      await local('DELETE', 'faults');
    },
    async deviceRequests() {
      const counters = (await local('GET', 'counters')) as Record<string, { count: number }>;
      return Object.fromEntries(
        Object.entries(counters)
          .filter(([name]) => name.startsWith('devices/'))
          .map(([name, { count }]) => [name.slice('devices/'.length), count]),
      );
    },
  };
}
