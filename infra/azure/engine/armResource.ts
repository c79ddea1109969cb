import { Construct } from 'constructs';
import { ArmExpression } from './expression.ts';

/** A resource as a template has it; what is not named here stands in `body` as it does there. */
export interface ArmResourceProps {
  /** `Microsoft.Storage/storageAccounts` */
  readonly type: string;
  readonly apiVersion: string;
  /** Its own name; that of a child without its parent's. */
  readonly name: string;
  /** For a child: whose. */
  readonly parent?: ArmResource;
  /** For an extension (a role assignment, a lock, a diagnostic setting): of what. */
  readonly scope?: ArmResource;
  /** What has to be there before it, though it does not refer to it. */
  readonly after?: readonly ArmResource[];
  /** `location`, `sku`, `properties` … */
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * One resource of the template. Its symbolic name follows from its path in the tree; whatever refers to it by `id` or
 * `read` depends on it.
 */
export class ArmResource extends Construct {
  readonly type: string;
  readonly apiVersion: string;
  readonly symbol: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly extended: ArmResource | undefined;
  readonly parent: ArmResource | undefined;
  readonly after: readonly ArmResource[];
  private readonly ownName: string;

  constructor(scope: Construct, id: string, props: ArmResourceProps) {
    super(scope, id);
    this.type = props.type;
    this.apiVersion = props.apiVersion;
    this.ownName = props.name;
    this.parent = props.parent;
    this.extended = props.scope;
    this.after = props.after ?? [];
    this.body = props.body ?? {};
    this.symbol = toSymbol(this);
  }

  /** The names of its parents and its own. */
  get names(): readonly string[] {
    return [...(this.parent?.names ?? []), this.ownName];
  }

  /** As text: `[resourceId(…)]`, known before anything is deployed. */
  get id(): string {
    const ownId = ['resourceId', [this.type, ...this.names]] as const;
    if (this.extended === undefined)
      return new ArmExpression(...ownId, { symbols: [this.symbol] }).toString();
    const given = [this.extended.id, this.type, ...this.names];
    return new ArmExpression('extensionResourceId', given, { symbols: [this.symbol] }).toString();
  }

  /** As text: what the resource says of itself once it is there, by its path below `properties`. */
  read(path: string): string {
    return new ArmExpression('reference', [this.symbol], {
      symbols: [this.symbol],
      suffix: `.${path}`,
    }).toString();
  }
}

/** The ids on the way from the stack, as one word. */
function toSymbol({ node }: Construct): string {
  const path = node.path.split('/').slice(1);
  const [first = '', ...others] = path
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
    .filter(Boolean);
  const capitals = others.map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return [first.charAt(0).toLowerCase() + first.slice(1), ...capitals].join('');
}
