/** An answer of Cosmos DB that is an error: its status, its code word, and what it says. */
export class CosmosError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'CosmosError';
    this.status = status;
    this.code = code;
  }
}

/** What the real service does and this one does not, named, so that nobody takes its silence for an answer. */
export function notSupported(what: string): CosmosError {
  return new CosmosError(
    501,
    'NotImplemented',
    `${what} is not supported by the local Cosmos DB server`,
  );
}

export function badRequest(message: string): CosmosError {
  return new CosmosError(400, 'BadRequest', message);
}

export function notFound(what: string): CosmosError {
  return new CosmosError(404, 'NotFound', `${what} does not exist`);
}

export function preconditionFailed(message: string): CosmosError {
  return new CosmosError(412, 'PreconditionFailed', message);
}
