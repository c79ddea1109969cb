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

/** The refusal of an action that no role of the identity allows. */
export function toForbiddenReply(action: string, scope: string): ArmReply {
  const message = `The client 'deployer' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid.`;
  return toErrorReply(403, 'AuthorizationFailed', message);
}
