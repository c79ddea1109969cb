import { runSeeds } from './runSeeds.ts';

/** Ends with 3 at the first history that goes wrong: anything else is no finding. */
const { failures, histories } = await runSeeds(1, Number(process.argv[2]));
const [failure] = failures;
console.log(
  failure === undefined ? 'nothing' : `${String(histories)}: ${failure.problems[0] ?? ''}`,
);
process.exit(failure === undefined ? 0 : 3);
