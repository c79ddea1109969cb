/** An answer that is no success. The texts of the real service are not public. */
export class SesError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'SesError';
    this.status = status;
    this.headers = headers;
  }
}
