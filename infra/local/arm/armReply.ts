/** A reply before it is written. Status 0 closes the connection without an answer. */
export interface ArmReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A refusal in Azure Resource Manager's error format. */
export function toErrorReply(status: number, code: string, message: string): ArmReply {
  return { status, body: { error: { code, message } } };
}
