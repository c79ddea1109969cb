import { writeFileSync } from 'node:fs';
import { readGeneratedFiles } from './generatedFiles.ts';

/** `npm run docs`: writes the parts of the READMEs that the code knows. */
for (const { path, current, wanted } of readGeneratedFiles()) {
  if (wanted === current) continue;
  writeFileSync(path, wanted);
  console.log(`wrote ${path}`);
}
