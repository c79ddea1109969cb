import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import { STAGES } from './stageConfiguration.ts';
import { synthesize } from './synthesize.ts';

const usage = `usage: npm run synth

Writes the ARM template of each stage to dist/arm.`;

process.exitCode = await runProcess({ script: 'synth', usage, options: {} }, ({ io }) => {
  const folder = join(import.meta.dirname, '../../dist/arm');
  mkdirSync(folder, { recursive: true });
  for (const stage of STAGES) {
    const file = join(folder, `${stage.stage}.json`);
    writeFileSync(file, synthesize(stage));
    io.print(`dist/arm/${stage.stage}.json`);
  }
  return 0;
});
