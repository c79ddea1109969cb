import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Writes the package and the folder that systems run in. */
const PREPARE_RUN = 'tests/support/prepareRun.ts';

/**
 * The files of `tests/<name>`. A worker loads each module once for all its files, and the files of `stack` and `long`
 * share the systems of their worker.
 */
function project(
  name: string,
  globalSetup: readonly string[] = [],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [`tests/${name}/**/*.test.ts`],
      globalSetup: [...globalSetup],
      isolate: false,
    },
  };
}

// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    // Projects run in the order of their names: the longest files start first, and the shortest fill the end.
    projects: [
      project('long', [PREPARE_RUN]),
      project('stack', [PREPARE_RUN]),
      project('unit'),
      project('world'),
    ],
    // One more than the cores of a small machine, since many tests wait for a system's pauses.
    maxWorkers: 3,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Seeds fast-check, and tells what a failed test waited for.
    setupFiles: ['tests/support/setUp.ts'],
    // Timeouts catch hangs only. They are not performance limits.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
