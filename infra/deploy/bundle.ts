import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runProcess } from '../cli/commandLine.ts';
import { bundleDeploy } from './bundleDeploy.ts';

const usage = `usage: npm run bundle:deploy

Writes \`npm run deploy\` to dist/deploy.cjs, which needs Node.js only. Run it with --template dist/arm/{stage}.json.`;

process.exitCode = await runProcess(
  { script: 'bundle:deploy', usage, options: {} },
  async ({ io }) => {
    const root = resolve(import.meta.dirname, '../..');
    const { content } = await bundleDeploy(root);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'dist/deploy.cjs'), content);
    io.print(`dist/deploy.cjs  ${String(Math.ceil(content.length / 1024))} KiB`);
    return 0;
  },
);
