import { describe, expect, it } from 'vitest';
import type { Dependency } from '../../../shared/core/ports/dependency.ts';
import { createReadiness } from '../../../shared/core/readiness.ts';

/** A service whose checks end when the test says so. */
class Service implements Dependency {
  readonly name: string;
  checks = 0;
  #waiting: { readonly succeed: () => void; readonly fail: (error: Error) => void }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  check(): Promise<void> {
    this.checks += 1;
    return new Promise((succeed, fail) => {
      this.#waiting.push({ succeed, fail });
    });
  }

  succeed(): void {
    for (const { succeed } of this.#waiting.splice(0)) succeed();
  }

  fail(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new Error('down'));
  }
}

/** The readiness of two services, with a clock and a time limit that the test moves. */
function given() {
  let at = 0;
  const waits: (() => void)[] = [];
  const database = new Service('Cosmos DB');
  const queues = new Service('Service Bus');
  const readiness = createReadiness({
    dependencies: [database, queues],
    now: () => new Date(at),
    pause: () =>
      new Promise((resolve) => {
        waits.push(resolve);
      }),
  });
  return {
    database,
    queues,
    readiness,
    wait: (milliseconds: number): void => {
      at += milliseconds;
    },
    endWait: (): void => {
      for (const end of waits.splice(0)) end();
    },
  };
}

describe('readiness', () => {
  it('checks each service once for all who ask at once', async () => {
    const { database, queues, readiness } = given();
    const asked = Array.from({ length: 100 }, () => readiness.findFailing());
    database.succeed();
    queues.succeed();
    expect(new Set(await Promise.all(asked))).toEqual(new Set([[]]));
    expect([database.checks, queues.checks]).toEqual([1, 1]);
  });

  it('remembers a good and a bad answer for two seconds', async () => {
    const { database, queues, readiness, wait } = given();
    const first = readiness.findFailing();
    database.fail();
    queues.succeed();
    expect(await first).toEqual(['Cosmos DB']);
    wait(1999);
    expect(await readiness.findFailing()).toEqual(['Cosmos DB']);
    expect([database.checks, queues.checks]).toEqual([1, 1]);
    wait(1);
    const second = readiness.findFailing();
    database.succeed();
    queues.succeed();
    expect(await second).toEqual([]);
    expect([database.checks, queues.checks]).toEqual([2, 2]);
  });

  it('has one unanswered check of a service at a time, also after it counts as failing', async () => {
    const { database, queues, readiness, wait, endWait } = given();
    const first = readiness.findFailing();
    queues.succeed();
    endWait();
    await expect(first).resolves.toContain('Cosmos DB');
    wait(2000);
    const second = readiness.findFailing();
    queues.succeed();
    database.succeed();
    expect(await second).toEqual([]);
    expect([database.checks, queues.checks]).toEqual([1, 2]);
  });
});
