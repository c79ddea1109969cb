import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  StackSynthesizer,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type ISynthesisSession,
} from 'aws-cdk-lib/core';
import { toArmTemplate } from './toArmTemplate.ts';

/** Writes only `<stack name>.json` into the assembly, so nothing can be deployed to AWS. */
export class ArmSynthesizer extends StackSynthesizer {
  override addFileAsset(): FileAssetLocation {
    throw new TypeError('an ARM template has no assets');
  }

  override addDockerImageAsset(): DockerImageAssetLocation {
    throw new TypeError('an ARM template has no assets');
  }

  /** @throws ArmTemplateError with the path of every invalid construct. */
  override synthesize({ outdir }: ISynthesisSession): void {
    const template = toArmTemplate(this.boundStack);
    const file = join(outdir, `${this.boundStack.stackName}.json`);
    writeFileSync(file, `${JSON.stringify(template, null, 2)}\n`);
  }
}
