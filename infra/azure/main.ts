import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import { everySwitch } from './everySwitch.ts';
import { STAGES } from './stageConfiguration.ts';
import { synthesize } from './synthesize.ts';

const usage = `usage: npm run synth [-- --every-switch]

Writes the ARM template of each stage to dist/arm.

  --every-switch   also writes it for every combination of the stages' switches, to dist/arm/switches`;

const options = { 'every-switch': { type: 'boolean', default: false } } as const;

process.exitCode = await runProcess({ script: 'synth', usage, options }, ({ io, values }) => {
  const ofStages = STAGES.map((stage) => ({ path: `dist/arm/${stage.stage}.json`, stage }));
  const ofSwitches = values['every-switch'] ? everySwitch() : [];
  const all = [
    ...ofStages,
    ...ofSwitches.map(({ name, stage }) => ({ path: `dist/arm/switches/${name}.json`, stage })),
  ];
  for (const { path, stage } of all) {
    const file = join(import.meta.dirname, '../..', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, synthesize(stage));
    io.print(path);
  }
  return 0;
});
