import { Construct } from 'constructs';
import { ArmExpression } from './expression.ts';

export interface ArmParameterProps {
  readonly type: 'string' | 'int' | 'bool' | 'array' | 'object';
  readonly description: string;
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** A value that the deployment supplies. Never a secret: secrets are in Key Vault. */
export class ArmParameter extends Construct {
  readonly props: ArmParameterProps;

  constructor(scope: Construct, id: string, props: ArmParameterProps) {
    super(scope, id);
    this.props = props;
  }

  /** A token for `[parameters('…')]`. */
  get value(): string {
    return new ArmExpression('parameters', [this.node.id]).toString();
  }
}

/** A member of the template's `metadata`, which Azure ignores and deployers read. */
export class ArmMetadata extends Construct {
  readonly value: unknown;

  constructor(scope: Construct, id: string, value: unknown) {
    super(scope, id);
    this.value = value;
  }
}

/** An output of the deployment. */
export class ArmOutput extends Construct {
  readonly value: string;

  constructor(scope: Construct, id: string, value: string) {
    super(scope, id);
    this.value = value;
  }
}
