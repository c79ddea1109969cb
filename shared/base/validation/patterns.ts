import { MAC_ADDRESS_PATTERN } from '../macAddress.ts';

export const DEVICE_ID_PATTERN =
  '^(?!\\.{1,2}$)(?!\\s)(?!.*\\s$)[^/\\\\?#\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff]*$';
export const WHOLE_CHARACTERS_PATTERN = '^[^\\ud800-\\udfff]*$';

/** The rule of each pattern, in words for error messages. */
export const PATTERNS_IN_WORDS: ReadonlyMap<string, string> = new Map([
  [
    DEVICE_ID_PATTERN,
    'must not be `.` or `..`, begin or end with a blank, or contain `/`, `\\`, `?`, `#`, a control character or a lone surrogate',
  ],
  [WHOLE_CHARACTERS_PATTERN, 'must not contain a lone surrogate (half a character)'],
  [
    MAC_ADDRESS_PATTERN,
    'must be a MAC address such as `00:00:5E:00:53:01`, `00-00-5e-00-53-01`, `0000.5e00.5301` or `00005E005301`',
  ],
]);
