import { measurePackage, type MeasuredForm } from './measurePackage.ts';

/** `npm run measure:package`. */
const { zipBytes, bundled, separate } = await measurePackage();
console.log(
  `bundled    ${toMb(bundled.bytes)} unpacked, ${toMb(zipBytes)} as a zip, ${toText(bundled)}`,
);
console.log(`separate   ${toMb(separate.bytes)} unpacked, ${toText(separate)}`);

function toText({ loadedInMilliseconds, memoryInMebibytes }: MeasuredForm): string {
  return `loaded in ${loadedInMilliseconds.toFixed(0)} ms, ${memoryInMebibytes.toFixed(0)} MiB then (medians)`;
}

function toMb(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
