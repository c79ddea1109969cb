import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TakenInPartSchema } from './takenInPart.ts';
import { SINGLETON_ID, type VersionedDocument } from '../ports/configuration.ts';

/** The progress of the synchronisation with Graph; a document of the `configuration` container. */
const EnrolmentStateSchema = Type.Object({
  /** The link at which `devices/delta` continues; absent to start from the beginning. */
  deviceLink: Type.Optional(Type.String()),
  /** True until the first round ends: it lists the existing devices, not changes. */
  isFirstRound: Type.Boolean(),
  /** The link at which `groups/delta` continues; absent to start with the present state. */
  groupLink: Type.Optional(Type.String()),
  /** The groups that the configuration names. */
  namedGroupIds: Type.Array(Type.String()),
  /** The named groups and the groups nested in them. A change in any of them changes who a policy applies to. */
  followedGroupIds: Type.Array(Type.String()),
  /** When the next synchronisation of the whole device list is due. */
  listDueDateTime: Type.String(),
  /** The link at which that synchronisation continues. */
  listLink: Type.Optional(Type.String()),
  /** When the last complete synchronisation of the list began. */
  listedDateTime: Type.Optional(Type.String()),
  /** How many devices have left since. */
  leavers: Type.Object({ sinceDateTime: Type.String(), deviceCount: Type.Integer() }),
  /** Devices that are not unenrolled until an operator confirms, because too many would leave at once. */
  held: Type.Optional(Type.Object({ heldDateTime: Type.String(), deviceCount: Type.Integer() })),
  /** Named groups whose members could not all be read. */
  unknownGroupIds: Type.Optional(Type.Array(Type.String())),
  /** What was taken in part, of the list that is being read. */
  listing: Type.Optional(TakenInPartSchema),
  /** What was taken in part, of the last complete list and of the devices that arrived since. */
  takenInPart: Type.Optional(TakenInPartSchema),
  /** When an operator confirmed. Counts for the next synchronisation of the list. */
  confirmedDateTime: Type.Optional(Type.String()),
});
export type EnrolmentState = Static<typeof EnrolmentStateSchema>;

const State = Compile(EnrolmentStateSchema);

export const ENROLMENT_STATE = { id: SINGLETON_ID, kind: 'enrolmentSync' } as const;

/** The state before the first run. */
function initialState(now: string): EnrolmentState {
  return {
    isFirstRound: true,
    namedGroupIds: [],
    followedGroupIds: [],
    listDueDateTime: now,
    leavers: { sinceDateTime: now, deviceCount: 0 },
  };
}

/** The state in a stored document; the initial state if there is none, or it cannot be read. */
export function fromStateDocument(
  stored: VersionedDocument | undefined,
  now: string,
): EnrolmentState {
  return State.Check(stored?.document)
    ? (State.Clean(stored.document) as EnrolmentState)
    : initialState(now);
}
