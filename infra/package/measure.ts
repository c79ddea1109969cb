import { runProcess } from '../cli/commandLine.ts';
import { measurePackage, type MeasuredForm } from './measurePackage.ts';

const usage = `usage: npm run measure:package

Compares size, load time and memory of the bundle with those of separate files.`;

const line = { script: 'measure:package', usage, options: {} };
process.exitCode = await runProcess(line, async ({ io }) => {
  const { zipBytes, bundled, separate } = await measurePackage();
  io.print(
    `bundled    ${toMb(bundled.bytes)} unpacked, ${toMb(zipBytes)} zipped, ${toText(bundled)}`,
  );
  io.print(`separate   ${toMb(separate.bytes)} unpacked, ${toText(separate)}`);
  return 0;
});

function toText({ loadedInMilliseconds, memoryInMebibytes }: MeasuredForm): string {
  return `loads in ${loadedInMilliseconds.toFixed(0)} ms, uses ${memoryInMebibytes.toFixed(0)} MiB (medians)`;
}

function toMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
