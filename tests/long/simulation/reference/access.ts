import { GUEST_GROUP, STAFF_GROUP } from '../histories/createEnrolment.ts';
import { fold } from '../histories/oddGuid.ts';
import type { Question } from '../histories/history.ts';
import type { Expected } from './expectedOf.ts';

export type Answer = 'allow' | 'block';

/** How many devices with one identifier are judged for one answer. More of them block. */
const MAX_SHARING_DEVICES = 10;

/** What each device may be at the moment of the question. */
export type Possible = readonly (readonly Expected[])[];

/**
 * The answers that are right, for devices each of which may be in one of several states. Every device that the question
 * may mean is judged, and one block blocks.
 */
export function rightAnswers(question: Question, devices: Possible): ReadonlySet<Answer> {
  const options = devices.map((states) => states.map((state) => judge(question, state)));
  const nobody = question.by === 'userPrincipalName' ? 'block' : judgeUnknown();
  const answers = new Set<Answer>();
  const mayBeMeant = options.filter((each) => each.some((option) => option !== 'notMeant'));
  const isMeant = mayBeMeant.filter((each) => !each.includes('notMeant'));
  if (isMeant.length === 0) answers.add(nobody);
  if (mayBeMeant.some((each) => each.includes('block'))) answers.add('block');
  const mayBeTooMany = hasBound(question) && mayBeMeant.length > MAX_SHARING_DEVICES;
  if (mayBeTooMany) answers.add('block');
  const isTooMany = hasBound(question) && isMeant.length > MAX_SHARING_DEVICES;
  const canAllow =
    mayBeMeant.some((each) => each.includes('allow')) &&
    isMeant.every((each) => each.includes('allow'));
  if (canAllow && !isTooMany) answers.add('allow');
  return answers;
}

function hasBound({ by }: Question): boolean {
  return by === 'serialNumber';
}

/** The policies of the resources all require a compliant device, which an unknown one is not. */
function judgeUnknown(): Answer {
  return 'block';
}

function judge(question: Question, state: Expected): Answer | 'notMeant' {
  if (!isMeant(question, state)) return 'notMeant';
  const { complianceState, levels, enrolment } = state;
  if (complianceState !== 'compliant') return 'block';
  const groups = new Set((enrolment?.groupIds ?? []).map(fold));
  const isIn = (group: string): boolean => groups.has(group);
  switch (question.resource) {
    case 'exchangeOnline':
      return 'allow';
    // A policy blocks devices with a threat from apps or networks, however compliant they are.
    case 'sharePointOnline':
      return levels.application > 0 || levels.network > 0 ? 'block' : 'allow';
    // For members of the staff who are no guests. A group that nobody knows opens nothing.
    case 'wifi':
      return isIn(STAFF_GROUP) && !isIn(GUEST_GROUP) ? 'allow' : 'block';
    default:
      return 'block';
  }
}

/** Names of users mean the same in any case. */
function isMeant({ by, value }: Question, { enrolment }: Expected): boolean {
  if (by === 'deviceId') return true;
  if (enrolment === undefined) return false;
  return by === 'serialNumber'
    ? enrolment.serialNumber === value
    : enrolment.userPrincipalName?.toLowerCase() === value.toLowerCase();
}
