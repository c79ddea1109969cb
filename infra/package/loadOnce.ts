import { pathToFileURL } from 'node:url';
import { provideCoreApi } from '../local/functionsHost/coreApi.ts';

/** Loads the files like a starting worker, and prints the milliseconds and the MiB of memory. */
const registry = provideCoreApi(() => undefined);
const began = performance.now();
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
const milliseconds = performance.now() - began;
if (registry.functions.size === 0) throw new TypeError('no function was registered');
console.log(JSON.stringify({ milliseconds, mebibytes: process.memoryUsage.rss() / 1024 / 1024 }));
process.exit(0);
