import { measurePackage, type MeasuredForm } from './measurePackage.ts';

/** `npm run measure:package` compares the bundle with separate files. */
const { zipBytes, bundled, separate } = await measurePackage();
console.log(
  `bundled    ${toMb(bundled.bytes)} unpacked, ${toMb(zipBytes)} zipped, ${toText(bundled)}`,
);
console.log(`separate   ${toMb(separate.bytes)} unpacked, ${toText(separate)}`);

function toText({ loadedInMilliseconds, memoryInMebibytes }: MeasuredForm): string {
  return `loads in ${loadedInMilliseconds.toFixed(0)} ms, uses ${memoryInMebibytes.toFixed(0)} MiB (medians)`;
}

function toMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
