import { runPart } from '../runPart.ts';
import { startFunctionsHost } from './startFunctionsHost.ts';

const { LOCAL_PORT, FUNCTIONS_SCRIPT_ROOT, FUNCTIONS_ENTRY_POINTS } = process.env;

await runPart(() =>
  startFunctionsHost({
    port: Number(LOCAL_PORT ?? 0),
    scriptRoot: FUNCTIONS_SCRIPT_ROOT ?? process.cwd(),
    entryPoints: FUNCTIONS_ENTRY_POINTS ?? 'dist/functions/**/*.js',
  }),
);
