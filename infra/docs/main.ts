import { writeFileSync } from 'node:fs';
import { runProcess } from '../cli/commandLine.ts';
import { readGeneratedFiles } from './generatedFiles.ts';

const usage = `usage: npm run docs

Writes the generated parts of the READMEs.`;

process.exitCode = await runProcess({ script: 'docs', usage, options: {} }, ({ io }) => {
  for (const { path, current, wanted } of readGeneratedFiles()) {
    if (wanted === current) continue;
    writeFileSync(path, wanted);
    io.print(`wrote ${path}`);
  }
  return 0;
});
