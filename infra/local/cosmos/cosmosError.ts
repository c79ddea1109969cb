/** What Cosmos DB calls each status in the `code` of an error's body. */
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
  /** A query plan that goes with the refusal of a query that clients have to run themselves. */
  readonly additionalErrorInfo?: string;
}

/** A refusal with the status that Cosmos DB would answer. */
export class CosmosError extends Error {
  readonly status: number;
  readonly details: Details;

  constructor(status: number, message: string, details: Details = {}) {
    super(message);
    this.status = status;
    this.details = details;
  }

  /** The JSON body of the answer. */
  toBody(): string {
    const { additionalErrorInfo } = this.details;
    const code = CODES[this.status] ?? 'InternalServerError';
    return JSON.stringify({ code, message: this.message, additionalErrorInfo });
  }
}

/** The refusal of something that Cosmos DB can do and this server cannot, by its name. */
export function notSupported(feature: string): CosmosError {
  return new CosmosError(501, `${feature} is not supported by the local server`);
}

/** The refusal of a request that Cosmos DB would refuse too. */
export function badRequest(message: string): CosmosError {
  return new CosmosError(400, message);
}

/** The answer about a resource that is not there. */
export function notFound(): CosmosError {
  return new CosmosError(404, 'Resource Not Found: the specified resource does not exist');
}
