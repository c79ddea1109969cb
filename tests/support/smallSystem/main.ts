import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runUntilStopped } from '../../../infra/local/stack/runUntilStopped.ts';
import { startInFolder } from '../../../infra/local/stack/startInFolder.ts';

const SERVICES = 5;

/** Runs processes that do nothing in the place of a local system's parts: services, and then a worker. */
const { values } = parseArgs({ options: { folder: { type: 'string', default: '' } } });
const exitCode = await runUntilStopped(async (signal) => {
  const system = await startInFolder(
    { stateFolder: values.folder, partsFolder: import.meta.dirname, signal },
    async ({ processes, stackFile, end }) => {
      const environment = { LOCAL_STACK_FILE: stackFile };
      const starting = Array.from({ length: SERVICES }, () =>
        processes.start('service', environment),
      );
      for (const service of await Promise.all(starting)) processes.require(service);
      await processes.start('functionsHost', environment);
      writeFileSync(stackFile, '{}');
      return { broken: processes.broken, stop: end };
    },
  );
  console.log('the small system is running');
  return system;
});
process.exit(exitCode);
