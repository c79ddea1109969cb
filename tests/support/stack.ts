import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import '../../infra/node/hideExperimentalWarnings.cjs';
import { startStack, type StackDescription } from '../../infra/local/stack/startStack.ts';
import { writePackage } from '../../infra/package/writePackage.ts';
import { WITHOUT_TIMERS } from './withoutTimers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the package lies unpacked, with no other package in reach. */
    packageFolder: string;
    stack: StackDescription;
  }
}

/**
 * Makes the package that is deployed, which is what runs in every test that goes through the outer interface, and starts
 * one system of it for all of them; each uses devices of its own.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'mtd-test-'));
  const packageFolder = join(folder, 'package');
  const writing = (): Promise<unknown> => writePackage(packageFolder);
  await writing();
  // What is watched is tested as it is by then.
  project.onTestsRerun(async () => void (await writing()));
  const stack = await startStack({
    stateFolder: join(folder, 'state'),
    packageFolder,
    settings: WITHOUT_TIMERS,
  });
  project.provide('packageFolder', packageFolder);
  project.provide('stack', stack.description);
  return async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  };
}
