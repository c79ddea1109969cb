import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { assertUnreachable } from '../../base/assertUnreachable.ts';
import type { ConnectorError, Problem } from '../../base/connectorError.ts';
import { foldName } from '../../base/foldName.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { formerDeviceIds, toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';

const Device = Type.Union([
  Type.Object({ format: Type.Literal('opaque'), id: DeviceIdSchema }),
  Type.Object({ format: Type.Literal('iss_sub'), iss: Type.String(), sub: DeviceIdSchema }),
]);
const User = Type.Object({
  format: Type.Literal('email'),
  email: Type.String({ minLength: 3, maxLength: 254 }),
});

/** A device by its id, a user by the email address (RFC 9493), or both as a complex subject (SSF 1.0 section 3.2). */
export const SubjectSchema = Type.Union([
  Device,
  User,
  Type.Object({
    format: Type.Literal('complex'),
    device: Type.Optional(Device),
    user: Type.Optional(User),
  }),
]);
const Subject = Compile(SubjectSchema);
const PARTS = {
  device: { shape: Compile(Device), formats: ['opaque', 'iss_sub'] },
  user: { shape: Compile(User), formats: ['email'] },
};

/** The key under which a removed subject is stored, and those under which older releases stored it. */
export interface SubjectKeys {
  readonly key: string;
  readonly formerKeys: readonly string[];
}

/**
 * The keys of a subject. Of a complex subject the device counts.
 * @throws ConnectorError `invalidRequest` naming what is allowed, also for a device of another `issuer`.
 */
export function toSubjectKeys(value: unknown, issuer: string): SubjectKeys {
  const checked = checkShape(Subject, value);
  if (!checked.ok) throw invalidSubject(...(findPartProblems(value) ?? checked.problems));
  const subject = checked.value;
  const part = subject.format === 'complex' ? (subject.device ?? subject.user) : subject;
  switch (part?.format) {
    case 'opaque':
      return deviceKeys(part.id);
    case 'iss_sub':
      if (part.iss !== issuer)
        throw invalidSubject({ path: '/iss', message: `must be \`${issuer}\`` });
      return deviceKeys(part.sub);
    case 'email':
      return userKeys(part.email);
    case undefined:
      throw invalidSubject({ path: '', message: 'must have a `device` or a `user`' });
    default:
      return assertUnreachable(part);
  }
}

/** What is wrong with the parts of a complex subject, each by the formats of its own; `undefined` for any other subject. */
function findPartProblems(value: unknown): readonly Problem[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const subject = value as Readonly<Record<string, unknown>>;
  if (subject['format'] !== 'complex') return undefined;
  const problems = (['device', 'user'] as const).flatMap((name) =>
    subject[name] === undefined ? [] : findProblemsOf(name, subject[name]),
  );
  return problems.length === 0 ? undefined : problems;
}

function findProblemsOf(name: keyof typeof PARTS, part: unknown): readonly Problem[] {
  const { shape, formats } = PARTS[name];
  const checked = checkShape<unknown>(shape, part);
  if (checked.ok) return [];
  const format =
    typeof part === 'object' && part !== null && 'format' in part ? part.format : undefined;
  if (typeof format === 'string' && !formats.includes(format)) {
    const message = `must be one of ${formats.map((each) => `\`${each}\``).join(', ')}`;
    return [{ path: `/${name}/format`, message }];
  }
  return checked.problems.map(({ path, message }) => ({ path: `/${name}${path}`, message }));
}

function invalidSubject(...problems: readonly Problem[]): ConnectorError {
  const details = problems.map(({ path, message }) => ({ path: `/subject${path}`, message }));
  return invalidRequest('the subject is not valid', ...details);
}

/** The keys by which a receiver may have removed the subject of an announcement. */
export function subjectKeysOf({ deviceId, userPrincipalName }: Announcement): readonly string[] {
  return [
    deviceKeys(deviceId),
    ...(userPrincipalName === undefined ? [] : [userKeys(userPrincipalName)]),
  ].flatMap(({ key, formerKeys }) => [key, ...formerKeys]);
}

function deviceKeys(deviceId: string): SubjectKeys {
  return toKeys(toDeviceId(deviceId), formerDeviceIds(deviceId), deviceKey);
}

function userKeys(email: string): SubjectKeys {
  return toKeys(foldName(email), [email.toLowerCase()], userKey);
}

function toKeys(
  name: string,
  former: readonly string[],
  toKey: (name: string) => string,
): SubjectKeys {
  return { key: toKey(name), formerKeys: former.filter((each) => each !== name).map(toKey) };
}

function deviceKey(deviceId: string): string {
  return `subject:device:${deviceId}`;
}

/** Encoded, because an email address may hold characters that Cosmos DB does not allow in an id. */
function userKey(email: string): string {
  return `subject:user:${Buffer.from(email).toString('base64url')}`;
}
