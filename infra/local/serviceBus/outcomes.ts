import rhea from 'rhea';

/** rhea's constructors of outcomes, which its typings omit. */
const constructors = rhea.message as unknown as {
  accepted(): { described(): unknown };
  rejected(fields: object): { described(): unknown };
};

/** The AMQP outcome `accepted`. */
export function acceptedOutcome(): unknown {
  return constructors.accepted().described();
}

/** The AMQP outcome `rejected` with an error. */
export function rejectedOutcome(condition: string, description: string): unknown {
  return constructors.rejected({ error: { condition, description } }).described();
}
