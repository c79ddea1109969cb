import { defineConfig } from 'vitest/config';

/** Seeds fast-check; every project needs it. */
const SEED = 'tests/support/seed.ts';
const SYSTEM = 'tests/support/stack.ts';

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], isolate: false },
      },
      { extends: true, test: { name: 'world', include: ['tests/world/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'stack', include: ['tests/stack/**/*.test.ts'], globalSetup: [SYSTEM] },
      },
      {
        extends: true,
        test: { name: 'long', include: ['tests/long/**/*.test.ts'], globalSetup: [SYSTEM] },
      },
    ],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    setupFiles: [SEED],
    // Timeouts catch hangs only. They are not performance limits.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
