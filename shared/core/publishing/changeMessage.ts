import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import { AnnouncementSchema } from '../schemas/announcementSchema.ts';

/** One announcement for one target: dead-lettered before, and sent again. */
export interface Redelivery {
  readonly type: 'redelivery';
  readonly target: string;
  readonly announcement: Announcement;
}

/** The content of a message of the `compliance-changes` queue, with its number of failed attempts. */
export interface ChangeMessage {
  readonly attempt: number;
  readonly content: Announcement | Redelivery;
}

const Attempt = Type.Optional(Type.Integer({ minimum: 0 }));
const Mac = Type.Optional(Type.String());
const validators = {
  announcement: Compile(
    Type.Intersect([AnnouncementSchema, Type.Object({ attempt: Attempt, mac: Mac })]),
  ),
  redelivery: Compile(
    Type.Object({
      type: Type.Literal('redelivery'),
      target: Type.String({ minLength: 1 }),
      announcement: AnnouncementSchema,
      attempt: Attempt,
      mac: Mac,
    }),
  ),
};

export function toRedelivery(target: string, announcement: Announcement): Redelivery {
  return { type: 'redelivery', target, announcement };
}

/** Reads the body of a message; `undefined` if it is invalid. */
export function fromChangeMessage(body: unknown): ChangeMessage | undefined {
  if (!validators.announcement.Check(body) && !validators.redelivery.Check(body)) return undefined;
  const { attempt = 0, mac: _, ...content } = body;
  return { attempt, content };
}

/** The body of a message for another attempt. */
export function toChangeMessage({ attempt, content }: ChangeMessage): object {
  return { ...content, attempt };
}
