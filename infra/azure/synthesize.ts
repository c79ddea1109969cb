import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { ConnectorStack } from './connectorStack.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** Returns the template of a stage; equal input gives equal text. @throws ArmTemplateError. */
export function synthesize(stage: StageConfiguration): string {
  return synthesizeApp((app) => new ConnectorStack(app, stage));
}

/** Returns the template of the one stack that `build` adds to an app. @throws ArmTemplateError. */
export function synthesizeApp(build: (app: App) => { readonly stackName: string }): string {
  const outdir = mkdtempSync(join(tmpdir(), 'mtd-arm-'));
  try {
    mkdirSync(outdir, { recursive: true });
    const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
    const { stackName } = build(app);
    app.synth();
    return readFileSync(join(outdir, `${stackName}.json`), 'utf8');
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
