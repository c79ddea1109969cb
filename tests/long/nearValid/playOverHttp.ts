import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import { compare, toBody, withoutParts } from './play.ts';
import { aboutPhone, type Plan, type Step } from './plan.ts';
import { DOOR_NAMES, Product, RESOURCES, THREAT_POLICIES, type Doors } from './product.ts';
import { hear } from './reference/reference.ts';
import type { Statement } from './reference/statement.ts';

const CONCURRENCY = 8;
const POLL_IN_MILLISECONDS = 5;
const MAX_SHOWN = 1500;
const PATIENCE_IN_MILLISECONDS = 10_000;
/** So many phones never have one fault within an hour, so no word is held. */
const MANY_DEVICES = 1_000_000;

/** Prepares the system: access policies on threats, and no hold on words that many phones have. */
export async function prepareSystem(client: OuterClient): Promise<void> {
  const must = async (method: string, path: string, json: object): Promise<void> => {
    const { status, text } = await client.request(method, path, { as: 'admin', json });
    if (status > 299) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
  };
  await must('PATCH', 'deviceManagement/settings', { silenceBreakerMinimumDevices: MANY_DEVICES });
  for (const { id: _, version: __, ...policy } of THREAT_POLICIES)
    await must('POST', 'identity/conditionalAccess/policies?confirm=true', policy);
}

/** Plays the plans over HTTP, several at once. Returns what went wrong. */
export async function playAllOverHttp(
  client: OuterClient,
  plans: readonly Plan[],
): Promise<readonly string[]> {
  const waiting = [...plans];
  const problems: string[] = [];
  const next = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      const { seed } = plan;
      const found = await playOverHttp(client, plan);
      problems.push(...found.map((problem) => `seed ${String(seed)} over HTTP, ${problem}`));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, next));
  return problems;
}

/** Plays the plan over HTTP, beside the product in this process and the reference. */
async function playOverHttp(client: OuterClient, plan: Plan): Promise<readonly string[]> {
  const about = aboutPhone(plan, phoneOf(plan.seed));
  const { phone, steps } = about;
  await client.enrol(phone, { operatingSystem: 'Android', osVersion: '14' });
  const twin = new Product(phone);
  await twin.enrol(new Date().toISOString());
  const bodies = new Map<Step, string>();
  const problems: string[] = [];
  const statements: Statement[] = [];
  for (const [number, step] of steps.entries()) {
    const arrivedAt = await laterThanAll();
    const at = new Date(arrivedAt).toISOString();
    const before = twin.ask(at);
    const other = await withoutParts(twin, step, arrivedAt);
    const body = bodies.get(step) ?? toBody(step, arrivedAt);
    bodies.set(step, body);
    const status = await send(client, step.source, body);
    await twin.take(step.source, body, step.requestId, at);
    const heard = hear(step.source, body, phone, arrivedAt);
    statements.push(...heard.statements);
    const expected = twin.ask(new Date().toISOString());
    const after = await settle(client, phone, expected);
    const found = [
      ...(status >= 500 ? [`answered ${String(status)}`] : []),
      ...compare({ before, after, other, heard, statements }),
      ...DOOR_NAMES.filter((door) => after[door] && !expected[door]).map(
        (door) => `${door}: allowed, and blocked in process`,
      ),
    ];
    problems.push(
      ...found.map(
        (problem) => `step ${String(number)}: ${problem}\n  ${body.slice(0, MAX_SHOWN)}`,
      ),
    );
  }
  return problems;
}

/** A GUID of its own for each plan and run. */
function phoneOf(seed: number): string {
  const digits = createHash('sha256')
    .update(`${String(seed)} ${String(performance.timeOrigin)}`)
    .digest('hex');
  return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

let lastMoment = 0;

/** A moment after everything that was sent, by ten milliseconds: the events of a step differ by as much. */
async function laterThanAll(): Promise<number> {
  const from = Date.now() + 10;
  while (Date.now() <= Math.max(from, lastMoment)) await setTimeout(1);
  lastMoment = Date.now();
  return lastMoment;
}

async function send(client: OuterClient, source: Step['source'], body: string): Promise<number> {
  const answer =
    source === 'webhook'
      ? await client.sendBody(body)
      : await client.request('POST', 'telemetry', {
          as: 'sepMobile',
          body,
          headers: { 'content-type': 'application/json' },
        });
  return answer.status;
}

/**
 * The decisions once everything that was sent is processed: a heartbeat that was sent after it is visible, and the
 * decisions are the expected ones, or stay others.
 */
async function settle(client: OuterClient, phone: string, expected: Doors): Promise<Doors> {
  const time = new Date(await laterThanAll());
  await client.sendEvents([
    { type: 'sepmobile.device.heartbeat', data: { deviceId: phone }, time },
  ]);
  const ends = Date.now() + PATIENCE_IN_MILLISECONDS;
  for (;;) {
    const { body } = await client.compliance(phone);
    const isVisible = String(body['lastDeviceHeartbeatDateTime']) >= time.toISOString();
    const doors = await ask(client, phone);
    const isExpected = DOOR_NAMES.every((door) => doors[door] === expected[door]);
    if ((isVisible && isExpected) || Date.now() > ends) return doors;
    await setTimeout(POLL_IN_MILLISECONDS);
  }
}

async function ask(client: OuterClient, deviceId: string): Promise<Doors> {
  const json = DOOR_NAMES.map((door) => ({ device: { deviceId }, resource: RESOURCES[door] }));
  for (;;) {
    const { status, body, text } = await client.request('POST', 'accessDecisions', {
      as: 'caller',
      json,
    });
    if (status === 200) {
      const opens = (body as unknown as readonly { readonly decision: string }[]).map(
        ({ decision }) => decision === 'allow',
      );
      return Object.fromEntries(DOOR_NAMES.map((door, at) => [door, opens[at]])) as Doors;
    }
    if (status !== 429) throw new Error(`accessDecisions: ${String(status)} ${text}`);
    await setTimeout(POLL_IN_MILLISECONDS);
  }
}
