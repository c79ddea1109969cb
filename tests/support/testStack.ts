import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll } from 'vitest';
import type { FaultRule } from '../../infra/local/cosmos/faults.ts';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../infra/local/stack/startStack.ts';
import { eventually } from './eventually.ts';
import { signToken } from './signToken.ts';

/** How often each kind of request reached the `devices` container. */
export type DeviceRequests = Readonly<Record<string, number>>;

/** A system and the folder of its state. */
export interface RunningStack {
  readonly stack: Stack;
  readonly folder: string;
}

const ADMIN_ROLES = [
  'Access.Decide',
  'Devices.Read.All',
  'Devices.ReadWrite.All',
  'Configuration.ReadWrite.All',
  'ssf.manage',
  'ssf.read',
];

/** A running system that belongs to one test file at a time, whose database can fail and counts its requests. */
export interface TestStack extends RunningStack {
  readonly client: OuterClient;
  /** Enrols a device, reports it as healthy, and waits until it is compliant. */
  enrolHealthy(deviceId: string, properties?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A token of the system's issuer, valid for ten minutes; `claims` are added to the usual ones or replace them. */
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>;
  /** The headers of an administrator whom the system has not seen before, so its rate is untouched. */
  asNewAdmin(): Promise<{ readonly authorization: string }>;
  /** From now on the database answers as the rule says. */
  fail(rule: FaultRule): Promise<void>;
  mend(): Promise<void>;
  deviceRequests(): Promise<DeviceRequests>;
}

/** Takes a system before the tests of the file and gives it back after them. Its members exist only within tests. */
export function useStack(
  take: () => Promise<RunningStack>,
  giveBack: (running: RunningStack) => Promise<void>,
): TestStack {
  let taken: (RunningStack & { readonly client: OuterClient }) | undefined;
  const here = (): NonNullable<typeof taken> => {
    if (taken === undefined) throw new TypeError('the system exists only within tests');
    return taken;
  };
  beforeAll(async () => {
    const running = await take();
    taken = { ...running, client: new OuterClient(running.stack.description) };
  });
  afterAll(async () => {
    if (taken !== undefined) await giveBack(taken);
  });
  return {
    get stack() {
      return here().stack;
    },
    get folder() {
      return here().folder;
    },
    get client() {
      return here().client;
    },
    enrolHealthy: (deviceId, properties = {}) => enrolHealthy(here().client, deviceId, properties),
    sign: (claims, header) => signToken(here().folder, here().stack.description, claims, header),
    async asNewAdmin() {
      const claims = { azp: `admin-${randomUUID()}`, roles: ADMIN_ROLES };
      const { folder, stack } = here();
      return { authorization: `Bearer ${await signToken(folder, stack.description, claims)}` };
    },
    fail: (rule) => failDatabase(here().stack, rule),
    mend: () => mendDatabase(here().stack),
    deviceRequests: () => countDeviceRequests(here().stack),
  };
}

async function enrolHealthy(
  client: OuterClient,
  deviceId: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<void> {
  await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15', ...properties });
  await client.sendEvents([
    { type: 'sepmobile.device.activated', data: { deviceId } },
    { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'minimal' } },
  ]);
  await eventually(
    () => client.compliance(deviceId),
    ({ body }) => body['complianceState'] === 'compliant',
  );
}

export async function failDatabase(stack: Stack, rule: FaultRule): Promise<void> {
  await askDatabase(stack, 'POST', 'faults', rule);
}

export async function mendDatabase(stack: Stack): Promise<void> {
  await askDatabase(stack, 'DELETE', 'faults');
}

async function countDeviceRequests(stack: Stack): Promise<DeviceRequests> {
  const counters = (await askDatabase(stack, 'GET', 'counters')) as Record<
    string,
    { readonly count: number }
  >;
  return Object.fromEntries(
    Object.entries(counters)
      .filter(([name]) => name.startsWith('devices/'))
      .map(([name, { count }]) => [name.slice('devices/'.length), count]),
  );
}

/** Asks the stand-in of the database for what Cosmos DB does not offer. */
async function askDatabase(
  { description }: Stack,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { endpoint, key } = description.cosmos;
  const response = await fetch(`${endpoint}/_local/${path}`, {
    method,
    headers: { 'x-local-key': key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the local database answers ${await response.text()}`);
  return response.json();
}
