import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MUTANTS } from './mutants.ts';

// A process of `runMutants`: node playMutant.ts <number of the mutant> <most histories>.
const [, , number, maxHistories] = process.argv;
const mutant = MUTANTS[Number(number)];
if (mutant === undefined) throw new TypeError('there is no such mutant');
const { file, from, to } = mutant;
const mutatedUrl = pathToFileURL(resolve(import.meta.dirname, '../../..', file)).href;
let isMutated = false;
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== mutatedUrl) return loaded;
    const { source: bytes } = loaded;
    const source = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes ?? undefined);
    isMutated = source.includes(from);
    return { ...loaded, source: source.replace(from, () => to) };
  },
});

const { runSeeds } = await import('./runSeeds.ts');
if (!isMutated) throw new Error(`the fault does not fit ${file}`);
const { failures, histories } = await runSeeds(1, Number(maxHistories));
const [failure] = failures;
console.log(
  failure === undefined ? 'nothing' : `${String(histories)}: ${failure.problems[0] ?? ''}`,
);
// Any other code than 3 is no finding.
process.exit(failure === undefined ? 0 : 3);
