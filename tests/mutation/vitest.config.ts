import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The slow tests, which repeat a law a thousand times, run last: most mutants are found before. */
const SLOWEST = /(jwtVerifier|ticket|mergeSignals|evaluateCompliance\.laws)\.test\.ts$/;

class QuickTestsFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (SLOWEST.test(moduleId) ? 1 : 0);
    return Promise.resolve(files.toSorted((a, b) => rank(a) - rank(b)));
  }
}

/** The fast tests of the mutated code. They start no system. */
// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export
export default defineConfig({
  test: {
    include: [
      'tests/unit/domain/**/*.test.ts',
      'tests/unit/base/{boundedMap,guid}.test.ts',
      'tests/unit/core/ingest/verifyWebhookSignature.test.ts',
      'tests/unit/adapters/tokens/jwtVerifier.test.ts',
      'tests/world/adapters/tokens/oidcTokenVerifier.test.ts',
      'tests/unit/core/decisions/ticket.test.ts',
    ],
    exclude: ['tests/unit/domain/laws.test.ts'],
    setupFiles: ['tests/support/setUp.ts'],
    // Each mutant has its own run. Within a run the modules are loaded once.
    isolate: false,
    // Long, because a timeout on a busy machine would count as a found mutant.
    testTimeout: 30_000,
    sequence: { sequencer: QuickTestsFirst },
  },
});
