import { Stack, type IStackSynthesizer } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ArmSynthesizer } from './armSynthesizer.ts';

/**
 * A stack that becomes one ARM template instead of CloudFormation. aws-cdk-lib was not made for this: only its tree,
 * tokens, aspects and stages are used, through public extension points. The JSON needs neither aws-cdk-lib nor us.
 */
export class ArmStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { synthesizer: new ArmSynthesizer() as IStackSynthesizer });
  }
}
