/** Graph's error code if it has one for the case, otherwise our own. */
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
  /** The place in the input, as a JSON pointer (RFC 6901); empty for the whole input. */
  readonly path: string;
  readonly message: string;
}

export interface ErrorOptions {
  readonly details?: readonly Problem[];
  readonly retryAfterInSeconds?: number;
  readonly cause?: unknown;
}

/** Every error that this system raises itself. `message` never contains a secret. */
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

/** Whether the same call may succeed later. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    (error.code === 'serviceNotAvailable' || error.code === 'activityLimitReached')
  );
}
