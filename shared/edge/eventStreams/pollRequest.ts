import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { requireShape } from '../../base/validation/requireShape.ts';

const MAX_EVENTS = 100;
const MAX_ACKNOWLEDGED = 1000;

/** The name of an error, which goes into the log. */
const ErrorName = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,100}$' });

/** The body of a poll (RFC 8936 section 2.2). */
export const PollRequestSchema = Type.Object({
  maxEvents: Type.Optional(Type.Integer({ minimum: 0 })),
  returnImmediately: Type.Optional(Type.Boolean()),
  ack: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: MAX_ACKNOWLEDGED })),
  setErrs: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({ err: ErrorName, description: Type.Optional(Type.String()) }),
    ),
  ),
});
const Shape = Compile(PollRequestSchema);

/** A poll with all defaults filled in. */
export interface PollRequest {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  readonly setErrs: NonNullable<Static<typeof PollRequestSchema>['setErrs']>;
}

/** The reply to a poll (RFC 8936 section 2.3). */
export const PollAnswerSchema = Type.Object({
  sets: Type.Record(Type.String(), Type.String()),
  moreAvailable: Type.Optional(Type.Boolean()),
});

const INVALID_POLL = 'the poll is not valid';

/** The poll in a body. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromPollBody(body: unknown): PollRequest {
  const {
    maxEvents = MAX_EVENTS,
    returnImmediately = false,
    ack = [],
    setErrs = {},
  } = requireShape(Shape, body, INVALID_POLL);
  if (ack.length + Object.keys(setErrs).length > MAX_ACKNOWLEDGED)
    throw invalidRequest(INVALID_POLL, {
      path: '/setErrs',
      message: `must name, together with \`ack\`, at most ${String(MAX_ACKNOWLEDGED)} events`,
    });
  return { maxEvents: Math.min(maxEvents, MAX_EVENTS), returnImmediately, ack, setErrs };
}
