import { ConnectorError, type ErrorCode, type ErrorOptions } from '../../base/connectorError.ts';

/** An error whose reply has headers of its own, such as the challenges of a 401. */
export class ReplyError extends ConnectorError {
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    headers: Readonly<Record<string, string>>,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.headers = headers;
  }
}
