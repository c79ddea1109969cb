import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { StackOptions } from '../../infra/local/stack/startStack.ts';
import { startTestStack } from './startTestStack.ts';
import { useStack, type TestStack } from './testStack.ts';
import { WITHOUT_TIMERS } from './withoutTimers.ts';

/** Options of a system that belongs to one test file. Without `withTimers` no timer runs. */
export type OwnStackOptions = Omit<StackOptions, 'stateFolder'> & { readonly withTimers?: boolean };

/** A system for one test file, for settings that no shared system can have. */
export function ownStack({ withTimers = false, ...options }: OwnStackOptions = {}): TestStack {
  return useStack(
    async () => {
      const folder = mkdtempSync(join(inject('runFolder'), 'own-'));
      const settings = { ...(withTimers ? {} : WITHOUT_TIMERS), ...options.settings };
      const stack = await startTestStack({ ...options, settings, stateFolder: folder });
      return { stack, folder };
    },
    async ({ stack, folder }) => {
      await stack.stop();
      rmSync(folder, { recursive: true });
    },
  );
}
