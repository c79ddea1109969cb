import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import '../../infra/hushExperiments.cjs';
import type { StackDescription } from '../../infra/local/stack/startStack.ts';
import { startTestStack } from './startTestStack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackDescription;
  }
}

/** One system for all tests that go through the outer interface; each uses devices of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-test-'));
  const stack = await startTestStack({ stateFolder });
  project.provide('stack', stack.description);
  return async () => {
    await stack.stop();
    rmSync(stateFolder, { recursive: true });
  };
}
