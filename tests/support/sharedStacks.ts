import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { StackOptions } from '../../infra/local/stack/startStack.ts';
import { quietSettings, TRUSTED_PROXIES } from './quietSettings.ts';
import { restoreConfiguration } from './restoreConfiguration.ts';
import { startTestStack } from './startTestStack.ts';
import { WITHOUT_TIMERS } from './withoutTimers.ts';
import { mendDatabase, useStack, type RunningStack, type TestStack } from './testStack.ts';

/** A burst of single requests exceeds it even on a busy machine; polling for a result gets an answer in time. */
export const FEW_DECISIONS_PER_SECOND = 10;

/** The systems of this worker process: it runs its test files one after the other. They end with the process. */
const running = new Map<string, Promise<RunningStack>>();

/**
 * A system without timers, so that only the test's own requests reach its database. Every setting that a caller
 * needs is set; `quietSettings.ts` has them.
 */
export function quietStack(): TestStack {
  return shared('quiet', async (folder) => ({ settings: await quietSettings(folder) }));
}

/** A system with the timers and the limits of a local one. It has no quarantine VLAN and no Cloudflare team. */
export function timedStack(): TestStack {
  return shared('timed', () => Promise.resolve({ settings: { TRUSTED_PROXIES } }));
}

/** A system with a small limit of decisions a second, and without timers. */
export function limitedStack(): TestStack {
  const limit = { DECISIONS_PER_SECOND: String(FEW_DECISIONS_PER_SECOND) };
  return shared('limited', () =>
    Promise.resolve({ settings: { ...WITHOUT_TIMERS, ...limit, TRUSTED_PROXIES } }),
  );
}

/** After each file the configuration is restored. Devices stay, so each file has devices of its own. */
function shared(name: string, toOptions: (folder: string) => Promise<StackOptions>): TestStack {
  const start = async (): Promise<RunningStack> => {
    const folder = join(inject('runFolder'), `${name}-${String(process.pid)}`);
    mkdirSync(folder);
    const options = await toOptions(folder);
    return { stack: await startTestStack({ ...options, stateFolder: folder }), folder };
  };
  return useStack(
    () => {
      const known = running.get(name) ?? start();
      running.set(name, known);
      return known;
    },
    async ({ stack }) => {
      await mendDatabase(stack);
      // The worker remembers the configuration that it has read.
      if (await restoreConfiguration(stack.description)) await stack.killWorker();
    },
  );
}
