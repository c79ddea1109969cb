import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../base/connectorError.ts';
import { assertUnreachable } from '../../base/assertUnreachable.ts';
import type { Announcement } from '../../domain/announcements/announcement.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';

const Device = Type.Union([
  Type.Object({ format: Type.Literal('opaque'), id: DeviceIdSchema }),
  Type.Object({ format: Type.Literal('iss_sub'), iss: Type.String(), sub: DeviceIdSchema }),
]);
const User = Type.Object({
  format: Type.Literal('email'),
  email: Type.String({ minLength: 3, maxLength: 254 }),
});

/** RFC 9493: a device by its id, a user by the address, or both as one (SSF 1.0 section 3.2). */
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

/**
 * Under what name a subject is kept; of a complex one the device. One of another `issuer` is none of ours.
 * @throws ConnectorError `invalidRequest` naming what is allowed.
 */
export function toSubjectKey(value: unknown, issuer: string): string {
  const checked = checkShape(Subject, value);
  if (!checked.ok)
    throw new ConnectorError('invalidRequest', 'the subject is not valid', {
      details: checked.problems.map(({ path, message }) => ({ path: `/subject${path}`, message })),
    });
  const subject = checked.value;
  const one = subject.format === 'complex' ? (subject.device ?? subject.user) : subject;
  switch (one?.format) {
    case 'opaque':
      return deviceKey(one.id);
    case 'iss_sub':
      if (one.iss !== issuer) throw invalid('/iss', `must be \`${issuer}\``);
      return deviceKey(one.sub);
    case 'email':
      return userKey(one.email);
    case undefined:
      throw invalid('', 'must have a `device` or a `user`');
    default:
      return assertUnreachable(one);
  }
}

function invalid(path: string, message: string): ConnectorError {
  return new ConnectorError('invalidRequest', 'the subject is not valid', {
    details: [{ path: `/subject${path}`, message }],
  });
}

/** The names under which a receiver may have taken out whom an announcement is about. */
export function subjectKeysOf({ deviceId, userPrincipalName }: Announcement): readonly string[] {
  return [
    deviceKey(deviceId),
    ...(userPrincipalName === undefined ? [] : [userKey(userPrincipalName)]),
  ];
}

function deviceKey(deviceId: string): string {
  return `subject:device:${deviceId}`;
}

/** What Cosmos DB takes for an id, whatever stands in an address. */
function userKey(email: string): string {
  return `subject:user:${Buffer.from(email.toLowerCase()).toString('base64url')}`;
}
