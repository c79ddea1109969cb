import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from './stageConfiguration.ts';
import { synthesize } from './synthesize.ts';

/** `npm run synth`: writes the template of each stage to `dist/arm`. */
const folder = join(import.meta.dirname, '../../dist/arm');
mkdirSync(folder, { recursive: true });
for (const stage of STAGES) {
  const file = join(folder, `${stage.stage}.json`);
  writeFileSync(file, synthesize(stage));
  console.log(`dist/arm/${stage.stage}.json`);
}
