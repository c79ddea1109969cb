import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where the files are that take minutes. */
const LONG = /\/tests\/(?:chaos|fuzz|infra|simulation)\/|\/fleet\.test\.ts$/;

function isLong({ moduleId }: TestSpecification): boolean {
  return LONG.test(moduleId);
}

/** Begins with what takes long, so that nothing is left to wait for alone. */
class LongFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve([...files.filter(isLong), ...files.filter((file) => !isLong(file))]);
  }
}

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/stack.ts'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    setupFiles: ['tests/support/seed.ts'],
    // Most tests wait for systems of their own, which run beside them.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    // What hangs, not what is slow: nothing is claimed of the time that a machine takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
