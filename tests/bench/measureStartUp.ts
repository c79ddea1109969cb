import { measurePackage } from '../../infra/package/measurePackage.ts';
import type { Row, Section } from './report.ts';

/** How long a new worker takes to load the package, and its memory then. */
export async function measureStartUp(): Promise<Section> {
  const { bundled, separate } = await measurePackage();
  const rows: Row[] = [
    {
      what: 'the package, loaded by a new process',
      figure: bundled.loadedInMilliseconds,
      unit: 'ms',
      ratio: {
        of: 'the same as separate files',
        value: bundled.loadedInMilliseconds / separate.loadedInMilliseconds,
      },
    },
    { what: 'separate files', figure: separate.loadedInMilliseconds, unit: 'ms' },
    { what: 'memory with the package', figure: bundled.memoryInMebibytes, unit: 'MiB' },
    { what: 'memory with separate files', figure: separate.memoryInMebibytes, unit: 'MiB' },
  ];
  return { title: 'Start of a worker', rows };
}
