/** What went wrong, in Graph's words where Graph has one. */
export type ErrorCode =
  | 'invalidRequest'
  | 'unauthenticated'
  | 'accessDenied'
  | 'itemNotFound'
  | 'resourceModified'
  | 'conflict'
  | 'wouldLockOutEveryone'
  | 'payloadTooLarge'
  | 'unsupportedMediaType'
  | 'activityLimitReached'
  | 'serviceNotAvailable'
  | 'deviceRecordInvalid'
  | 'deviceRecordTooLarge'
  | 'messageInvalid'
  | 'settingInvalid';

export interface Problem {
  /** Where in the input, as a JSON pointer (RFC 6901); empty for the whole. */
  readonly path: string;
  readonly message: string;
}

interface ErrorOptions {
  readonly details?: readonly Problem[];
  readonly retryAfterInSeconds?: number;
  readonly cause?: unknown;
}

/** The base of every fault that this system raises itself. `message` never holds a secret. */
export class ConnectorError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly Problem[];
  readonly retryAfterInSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ConnectorError';
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfterInSeconds = options.retryAfterInSeconds;
  }
}

/** Whether waiting may help: the same call can succeed later without anybody changing its input. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.code === 'serviceNotAvailable' || error.code === 'activityLimitReached')
  );
}
