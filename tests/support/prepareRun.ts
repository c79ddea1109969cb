import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import '../../infra/node/hideExperimentalWarnings.cjs';
import { writePackage } from '../../infra/package/writePackage.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The unpacked package, with no other package in reach. */
    readonly packageFolder: string;
    /** For the state of the systems of this run. */
    readonly runFolder: string;
  }
}

/** The folder of this run, which all its projects share. */
const shared = globalThis as { mtdRunFolder?: Promise<string> };

/**
 * Writes the package that is deployed: every test through the outer interface runs it. The systems themselves start
 * in the workers, when a file first needs one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.mtdRunFolder ??= createRunFolder();
  const runFolder = await shared.mtdRunFolder;
  const packageFolder = join(runFolder, 'package');
  // In watch mode the sources have changed.
  project.onTestsRerun(async () => void (await writePackage(packageFolder)));
  project.provide('packageFolder', packageFolder);
  project.provide('runFolder', runFolder);
  // Systems that end with their worker may still write for a second and a half.
  return () => rm(runFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function createRunFolder(): Promise<string> {
  const runFolder = mkdtempSync(join(tmpdir(), 'mtd-test-'));
  await writePackage(join(runFolder, 'package'));
  return runFolder;
}
