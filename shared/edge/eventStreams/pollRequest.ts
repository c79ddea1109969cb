import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { checkShape } from '../../base/validation/checkShape.ts';

const MAX_EVENTS = 100;
const MAX_ACKNOWLEDGED = 1000;

/** What an error is called; it goes into the log. */
const ErrorName = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,100}$' });

/** RFC 8936 section 2.2. */
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

/** What a receiver asks for, with everything said. */
export interface PollRequest {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  readonly ack: readonly string[];
  readonly setErrs: NonNullable<Static<typeof PollRequestSchema>['setErrs']>;
}

/** RFC 8936 section 2.3. */
export const PollAnswerSchema = Type.Object({
  sets: Type.Record(Type.String(), Type.String()),
  moreAvailable: Type.Optional(Type.Boolean()),
});

/** @throws ConnectorError `invalidRequest` naming each field. */
export function fromPollBody(body: unknown): PollRequest {
  const checked = checkShape(Shape, body);
  if (!checked.ok)
    throw new ConnectorError('invalidRequest', 'the poll is not valid', {
      details: checked.problems,
    });
  const {
    maxEvents = MAX_EVENTS,
    returnImmediately = false,
    ack = [],
    setErrs = {},
  } = checked.value;
  if (ack.length + Object.keys(setErrs).length > MAX_ACKNOWLEDGED)
    throw new ConnectorError('invalidRequest', 'the poll is not valid', {
      details: [
        {
          path: '/setErrs',
          message: `must name, with \`ack\`, at most ${String(MAX_ACKNOWLEDGED)} events`,
        },
      ],
    });
  return { maxEvents: Math.min(maxEvents, MAX_EVENTS), returnImmediately, ack, setErrs };
}
