import { Type } from 'typebox';
import '../../base/validation/formats.ts';
import { DEVICE_ID_PATTERN, WHOLE_CHARACTERS_PATTERN } from '../../base/validation/patterns.ts';

const MAX_ID_LENGTH = 255;
const MAX_TEXT_LENGTH = 1024;

/** RFC 3339, any offset; stored in UTC with milliseconds. */
export const DateTimeSchema = Type.String({ format: 'date-time' });

/**
 * A Cosmos DB id. `toDeviceId` makes one id of all spellings of a GUID; other ids are compared exactly. URLs cannot carry
 * separators, blanks at either end, `.` and `..`, or half of a character, so these are rejected.
 */
export const DeviceIdSchema = Type.String({
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  pattern: DEVICE_ID_PATTERN,
});

/** Any text that UTF-8 can carry: no half of a character. */
export const IdSchema = Type.String({
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  pattern: WHOLE_CHARACTERS_PATTERN,
});

export const TextSchema = Type.String({ maxLength: MAX_TEXT_LENGTH });
export const NameSchema = Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH });
