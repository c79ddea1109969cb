import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CAPACITY_PART } from './capacityPart.ts';
import { DOMAIN_PARTS } from './domainParts.ts';
import { ENDPOINTS_PART } from './endpointsPart.ts';
import { withPart, type GeneratedPart } from './generatedPart.ts';
import { SETTINGS_PARTS } from './settingsParts.ts';

const ROOT = resolve(import.meta.dirname, '../..');

const PARTS: readonly GeneratedPart[] = [
  ENDPOINTS_PART,
  ...DOMAIN_PARTS,
  ...SETTINGS_PARTS,
  CAPACITY_PART,
];

/** A README with generated parts, as it is on disk and as it should be. */
export interface GeneratedFile {
  readonly path: string;
  readonly current: string;
  readonly wanted: string;
}

/** The READMEs with generated parts. @throws Error if the comments around a part are missing. */
export function readGeneratedFiles(): readonly GeneratedFile[] {
  return [...Map.groupBy(PARTS, ({ file }) => file)].map(([file, parts]) => {
    const path = join(ROOT, file);
    const current = readFileSync(path, 'utf8');
    return { path, current, wanted: parts.reduce(withPart, current) };
  });
}
