/** The parts of rhea that the broker uses. rhea's own typings omit the server side. */
interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

interface RemoteOutcome {
  readonly undeliverable_here?: boolean;
  readonly message_annotations?: Record<string, unknown>;
  readonly error?: { readonly info?: Record<string, unknown>; readonly condition?: string };
}

export interface Delivery {
  readonly id: number;
  remote_settled: boolean;
  readonly remote_state?: RemoteOutcome;
  update(settled: boolean, state?: unknown): void;
}

interface Link {
  readonly name: string;
  readonly source?: { readonly address?: string } | null;
  readonly target?: { readonly address?: string } | null;
  readonly connection: object;
  readonly local: { readonly attach: Record<string, unknown> };
  set_source(fields: object): void;
  set_target(fields: object): void;
  close(error?: AmqpError): void;
  is_open(): boolean;
  on(event: string, listener: (context: LinkContext) => void): void;
}

/** A link on which the broker sends. */
export interface SenderLink extends Link {
  readonly session: { readonly outgoing: { readonly next_pending_delivery: number } };
  readonly snd_settle_mode?: number;
  readonly rcv_settle_mode?: number;
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  _draining: boolean;
  _get_drain: () => boolean;
  sendable(): boolean;
  set_drained(drained: boolean): void;
  send(message: unknown, tag?: Buffer): Delivery;
}

/** A link on which the broker receives. */
export interface ReceiverLink extends Link {
  add_credit(credit: number): void;
}

export interface LinkContext {
  readonly message: unknown;
  readonly delivery: Delivery & { readonly format?: number };
}

/**
 * Confirms to the client that the link is attached to the address it asked for. Copies only addresses: rhea reads every
 * empty list into one shared object, so copying that would change all of them.
 */
export function confirmAddresses(link: Link): void {
  const [source, target] = [link.source?.address, link.target?.address];
  if (source) link.set_source({ address: source });
  if (target) link.set_target({ address: target });
}
