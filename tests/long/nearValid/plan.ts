import type { Mutation } from './mutation.ts';

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The phone that every plan is about, and a bystander in its batches. */
export const PHONE = '8f3c1b7e-52ad-4e0c-9d4b-6a1f0e7c2d95';
export const BYSTANDER = '0b6d9a34-7c1e-4f58-a2e3-91c4d8f7b620';

/** A valid event or report, and what is wrong with it. */
export interface Item {
  readonly base: Json;
  readonly mutations: readonly Mutation[];
}

/** One request. */
export interface Step {
  readonly source: 'webhook' | 'telemetry';
  readonly requestId: string;
  readonly items: readonly Item[];
}

/** What SEP Mobile sends about one phone. */
export interface Plan {
  readonly seed: number;
  readonly phone: string;
  readonly steps: readonly Step[];
}

/** The same plan about another phone. */
export function aboutPhone(plan: Plan, phone: string): Plan {
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string')
      return value
        .replaceAll(plan.phone, phone)
        .replaceAll(plan.phone.toUpperCase(), phone.toUpperCase());
    if (Array.isArray(value)) return (value as unknown[]).map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replace(part)]));
  };
  const steps = new Map(plan.steps.map((step) => [step, replace(step) as Step]));
  // A repeated step stays the same object, since the same text is sent again.
  return { ...plan, phone, steps: plan.steps.map((step) => steps.get(step) ?? step) };
}

/** How a moment is written: as we do, in lower case, with an offset, or as the milliseconds since 1970. */
type MomentForm = 'plain' | 'lowerCase' | 'offset' | 'epoch';

/** A moment of a plan: milliseconds after the arrival of its step. It gets its text when the step is sent. */
export interface Moment {
  readonly $after: number;
  readonly form: MomentForm;
}

/** The moment `milliseconds` after the arrival of the step; before it if the number is negative. */
export function after(milliseconds: number, form: MomentForm = 'plain'): Moment {
  return { $after: milliseconds, form };
}

export function isMoment(value: unknown): value is Moment {
  return typeof value === 'object' && value !== null && '$after' in value;
}

/** `value` with the text of each moment, for a step that arrives at `arrivedAt`. */
export function withMoments(value: unknown, arrivedAt: number): unknown {
  if (isMoment(value)) return toMomentText(value, arrivedAt);
  if (Array.isArray(value)) return (value as unknown[]).map((each) => withMoments(each, arrivedAt));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withMoments(part, arrivedAt)]),
  );
}

function toMomentText({ $after: milliseconds, form }: Moment, arrivedAt: number): string | number {
  const moment = arrivedAt + milliseconds;
  const text = new Date(moment).toISOString();
  switch (form) {
    case 'epoch':
      return moment;
    case 'lowerCase':
      return text.toLowerCase();
    case 'offset':
      return `${new Date(moment + OFFSET_IN_MILLISECONDS).toISOString().slice(0, -1)}+02:00`;
    default:
      return text;
  }
}

/** Lists within lists. It gets its text when the step is sent. */
interface Deep {
  readonly $levels: number;
}

export function deep(levels: number): Deep {
  return { $levels: levels };
}

export function isDeep(value: unknown): value is Deep {
  return typeof value === 'object' && value !== null && '$levels' in value;
}

const OFFSET_IN_MILLISECONDS = 2 * 60 * 60 * 1000;
