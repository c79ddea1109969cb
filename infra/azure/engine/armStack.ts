import { Stack, type IStackSynthesizer } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ArmSynthesizer } from './armSynthesizer.ts';

/**
 * A stack that becomes one ARM template, and no CloudFormation. This is not what aws-cdk-lib was made for: it uses its
 * tree, its tokens, its aspects and its stages, through public extension points alone. Who wants out takes the JSON, which
 * stands on its own.
 */
export class ArmStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { synthesizer: new ArmSynthesizer() as IStackSynthesizer });
  }
}
