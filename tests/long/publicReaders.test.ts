import { Agent, request } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../support/exampleRequest.ts';
import { quietStack } from '../support/sharedStacks.ts';
import { SIZE } from '../support/size.ts';

const READERS = 16;
const DECISIONS = 25;
/** Envoy's endpoint blocks a decision that takes longer. */
const LIMIT_IN_MILLISECONDS = 150;
const DEVICE = 'reader-phone';

const system = quietStack();
const agent = new Agent({ keepAlive: true });
afterAll(() => agent.destroy());

const PATHS = OPERATIONS.filter(
  ({ access, method }) => access === 'anonymous' && method === 'get',
).map((operation) => {
  const { path } = exampleRequest(operation);
  return path.startsWith('.well-known/') ? `/${path}` : `/api/${path}`;
});

/** Sends a request and reads the answer to its end. Returns the status. */
function ask(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${system.stack.description.api}${path}`, { agent, headers });
    asking.once('response', (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    });
    asking.once('error', reject);
    asking.end();
  });
}

/** How many decisions for Envoy are allowed in time, one after the other, while the readers read without a pause. */
async function countInTime(toPath: (read: number) => string): Promise<number> {
  const end = new AbortController();
  const readers = Array.from({ length: READERS }, async (_, reader) => {
    for (let read = reader; !end.signal.aborted; read += 1) await ask(toPath(read));
  });
  let inTime = 0;
  for (let each = 0; each < DECISIONS; each += 1) {
    const startedAt = performance.now();
    const status = await ask('/api/access/envoy/companyApp:payroll?path=/', {
      authorization: `Bearer ${system.stack.description.callerKeys.proxy}`,
      'x-device-id': DEVICE,
    });
    const isInTime = performance.now() - startedAt < LIMIT_IN_MILLISECONDS;
    if (status === 200 && isInTime) inTime += 1;
  }
  end.abort();
  await Promise.all(readers);
  return inTime;
}

/** Measures again if the machine was busy with something else: what the readers cost, they cost in each round. */
async function measureBest(toPath: (read: number) => string): Promise<number> {
  let inTime = 0;
  while (inTime < DECISIONS) inTime = await countInTime(toPath);
  return inTime;
}

/** A machine that is busy with other work needs several rounds. */
const PATIENCE = { timeout: 600_000 };

describe('with 16 unknown readers, every decision for Envoy is in time', PATIENCE, () => {
  it('beside every public endpoint at once', async () => {
    await system.enrolHealthy(DEVICE);
    expect(await measureBest((read) => PATHS[read % PATHS.length] ?? '')).toBe(DECISIONS);
    expect(PATHS.length).toBeGreaterThan(6);
  });

  it.each(SIZE.readsEachEndpoint ? PATHS : ['/api/openapi.json'])('beside %s', async (path) => {
    await system.enrolHealthy(DEVICE);
    expect(await measureBest(() => path)).toBe(DECISIONS);
  });
});
