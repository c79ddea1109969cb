/** The parts of rhea that the broker uses, as they are: rhea's own typings leave the server's side out. */
export interface AmqpError {
  readonly condition: string;
  readonly description: string;
}

export interface RemoteOutcome {
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
 * Says to the other side that the link is to where it asked. Only addresses are repeated: rhea reads an empty list
 * into an object that all empty lists share, and copying that one would change them all.
 */
export function confirmAddresses(link: Link): void {
  const [source, target] = [link.source?.address, link.target?.address];
  if (source) link.set_source({ address: source });
  if (target) link.set_target({ address: target });
}
