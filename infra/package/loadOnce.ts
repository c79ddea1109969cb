import { pathToFileURL } from 'node:url';
import { provideCoreApi } from '../local/functionsHost/coreApi.ts';

/** Loads the files as a worker does at its start, and prints the milliseconds that took. */
const registry = provideCoreApi(() => undefined);
const began = performance.now();
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
const took = performance.now() - began;
if (registry.functions.size === 0) throw new TypeError('no function was registered');
console.log(took.toFixed(1));
process.exit(0);
