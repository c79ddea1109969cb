import { defineConfig } from 'vitest/config';

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/stack.ts'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    setupFiles: ['tests/support/seed.ts'],
    // Most tests wait for systems of their own, which run beside them.
    maxWorkers: 3,
    // What hangs, not what is slow: nothing is claimed of the time that a machine takes.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
