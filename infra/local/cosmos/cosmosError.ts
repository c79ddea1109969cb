/** The `code` in the error body for each status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  424: 'FailedDependency',
  429: 'TooManyRequests',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

interface Details {
  /** `x-ms-substatus`. */
  readonly subStatus?: number;
  /** The query plan that accompanies the rejection of a query whose results clients must combine. */
  readonly additionalErrorInfo?: string;
}

/** An error response with the status that Cosmos DB would return. */
export class CosmosError extends Error {
  readonly status: number;
  readonly details: Details;

  constructor(status: number, message: string, details: Details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The JSON body of the response. */
  toBody(): string {
    const { additionalErrorInfo } = this.details;
    const code = CODES[this.status] ?? 'InternalServerError';
    return JSON.stringify({ code, message: this.message, additionalErrorInfo });
  }
}

/** The error for a feature that Cosmos DB has and this server does not. */
export function notSupported(feature: string): CosmosError {
  return new CosmosError(501, `${feature} is not supported by the local server`);
}

/** The error for a request that Cosmos DB would reject too. */
export function badRequest(message: string): CosmosError {
  return new CosmosError(400, message);
}

/** The error for a method that a resource does not support. */
export function notAllowed(method: string): CosmosError {
  return new CosmosError(405, `method \`${method}\` is not allowed here`);
}

/** The error for a missing resource. */
export function notFound(): CosmosError {
  return new CosmosError(404, 'Resource Not Found: the specified resource does not exist');
}
