import { Construct } from 'constructs';
import { ArmExpression } from './expression.ts';

/** A resource of a template. Members without a property here are in `body`. */
export interface ArmResourceProps {
  /** `Microsoft.Storage/storageAccounts` */
  readonly type: string;
  readonly apiVersion: string;
  /** The name; for a child, without the name of its parent. */
  readonly name: string;
  /** The parent of a child resource. */
  readonly parent?: ArmResource;
  /** The resource that an extension (role assignment, lock, diagnostic setting) applies to. */
  readonly scope?: ArmResource;
  /** An expression; if it is false, Azure skips the resource and what depends on it does not wait. */
  readonly condition?: string;
  /** Resources that must exist first, although this one does not refer to them. */
  readonly after?: readonly ArmResource[];
  /** `location`, `sku`, `properties` … */
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * One resource of the template. Its symbolic name follows from its path in the tree. A resource that refers to it by
 * `id` or `read` depends on it.
 */
export class ArmResource extends Construct {
  readonly type: string;
  readonly apiVersion: string;
  readonly symbol: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly extended: ArmResource | undefined;
  readonly parent: ArmResource | undefined;
  readonly after: readonly ArmResource[];
  readonly condition: string | undefined;
  private readonly ownName: string;

  constructor(scope: Construct, id: string, props: ArmResourceProps) {
    super(scope, id);
    this.type = props.type;
    this.apiVersion = props.apiVersion;
    this.ownName = props.name;
    this.parent = props.parent;
    this.extended = props.scope;
    this.after = props.after ?? [];
    this.condition = props.condition;
    this.body = props.body ?? {};
    this.symbol = toSymbol(this);
  }

  /** The names of its ancestors, then its own. */
  get names(): readonly string[] {
    return [...(this.parent?.names ?? []), this.ownName];
  }

  /** A token for `[resourceId(…)]`, which is known before deployment. */
  get id(): string {
    const ownId = ['resourceId', [this.type, ...this.names]] as const;
    if (this.extended === undefined)
      return new ArmExpression(...ownId, { symbols: [this.symbol] }).toString();
    const given = [this.extended.id, this.type, ...this.names];
    return new ArmExpression('extensionResourceId', given, { symbols: [this.symbol] }).toString();
  }

  /** A token for a property of the deployed resource, by its path below `properties`. */
  read(path: string): string {
    return new ArmExpression('reference', [this.symbol], {
      symbols: [this.symbol],
      suffix: `.${path}`,
    }).toString();
  }
}

/** The ids from the stack down to the construct, as one camelCase word. */
function toSymbol({ node }: Construct): string {
  const path = node.path.split('/').slice(1);
  const [first = '', ...others] = path
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
    .filter(Boolean);
  const capitals = others.map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return [first.charAt(0).toLowerCase() + first.slice(1), ...capitals].join('');
}
