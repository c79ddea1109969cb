import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { SINGLETON_ID, type VersionedDocument } from '../ports/configuration.ts';

/** How far the enrolment follows Graph; a document of the `configuration` container. */
const EnrolmentStateSchema = Type.Object({
  /** Where `devices/delta` goes on; absent: at the beginning. */
  deviceLink: Type.Optional(Type.String()),
  /** The first round is not over: it tells whom there is, and nothing of what happened. */
  isFirstRound: Type.Boolean(),
  /** Where `groups/delta` goes on; absent: from now on. */
  groupLink: Type.Optional(Type.String()),
  /** The groups that the configuration names. */
  namedGroupIds: Type.Array(Type.String()),
  /** With the groups within them: a change in one of these changes who a policy is for. */
  followedGroupIds: Type.Array(Type.String()),
  /** When the list of managed devices is gone through next. */
  listDueDateTime: Type.String(),
  /** Where that goes on. */
  listLink: Type.Optional(Type.String()),
  /** When it was last gone through. */
  listedDateTime: Type.Optional(Type.String()),
  /** How many have left since. */
  leavers: Type.Object({ sinceDateTime: Type.String(), deviceCount: Type.Integer() }),
  /** So many would leave that an operator has to say that it is so. */
  held: Type.Optional(Type.Object({ heldDateTime: Type.String(), deviceCount: Type.Integer() })),
  /** An operator has said so; it holds for the next time that the list is gone through. */
  confirmedDateTime: Type.Optional(Type.String()),
});
export type EnrolmentState = Static<typeof EnrolmentStateSchema>;

const State = Compile(EnrolmentStateSchema);

export const ENROLMENT_STATE = { id: SINGLETON_ID, kind: 'enrolmentSync' } as const;

/** Nothing is known yet. */
export function initialState(now: string): EnrolmentState {
  return {
    isFirstRound: true,
    namedGroupIds: [],
    followedGroupIds: [],
    listDueDateTime: now,
    leavers: { sinceDateTime: now, deviceCount: 0 },
  };
}

/** The state in a stored document; from the beginning where there is none, or none that can be read. */
export function fromStateDocument(
  stored: VersionedDocument | undefined,
  now: string,
): EnrolmentState {
  return State.Check(stored?.document)
    ? (State.Clean(stored.document) as EnrolmentState)
    : initialState(now);
}
