/** Words that stand for an absent value, without blanks and punctuation. */
const WORDS: ReadonlySet<string> = new Set([
  '',
  // Android: `Build.UNKNOWN`, the serial number for every app that may not read it
  // (developer.android.com/reference/android/os/Build#UNKNOWN).
  'unknown',
  'unavailable',
  'notavailable',
  'notspecified',
  'undefined',
  'null',
  'none',
  'na',
  'nan',
  // Firmware that its maker never filled in (SMBIOS, and Android on such boards).
  'default',
  'defaultstring',
  'serialnumber',
  'systemserialnumber',
  'tobefilledbyoem',
]);

/** Numbers that whole series of phones show. */
const NUMBERS: ReadonlySet<string> = new Set([
  // Android 6 and iOS 7 and later answer every app with 02:00:00:00:00:00
  // (developer.android.com/about/versions/marshmallow/android-6.0-changes, "Access to Hardware Identifier").
  '020000000000',
  // Samsung phones with a damaged `nv_data.bin` (many threads of XDA Developers).
  '004999010640000',
]);

/** Digits in order, as in the serial number `0123456789ABCDEF` (github.com/jamesmontemagno/DeviceInfoPlugin #21, #47). */
const SEQUENCES: ReadonlySet<string> = new Set([
  '0123456789abcdef',
  '1234567890abcdef',
  '123456789abcdef',
]);
const DECIMAL_SEQUENCE = '01234567890123456789012345678901234567890123456789';
/** A shorter sequence may be a real number. */
const MIN_SEQUENCE_LENGTH = 8;
/** Zeros are a placeholder at any length; another repeated character only from here on. */
const MIN_REPEATED_LENGTH = 6;

/**
 * Whether a serial number, UDID, IMEI or MAC address is one that whole series of devices show instead of their own:
 * all zeros or another repeated character, digits in order, or a word such as `unknown`. It identifies no device.
 */
export function isPlaceholder(value: string): boolean {
  const bare = toBare(value.toLowerCase());
  return (
    WORDS.has(bare) ||
    NUMBERS.has(bare) ||
    /^0+$/.test(bare) ||
    isRepeated(bare) ||
    isSequence(bare)
  );
}

const ASCII = /^[ -~]*$/;

/** Letters and digits alone. Identifiers are ASCII, where this is several times as fast, which counts for each event. */
function toBare(folded: string): string {
  return ASCII.test(folded)
    ? folded.replaceAll(/[^a-z0-9]/g, '')
    : folded.replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function isRepeated(bare: string): boolean {
  return bare.length >= MIN_REPEATED_LENGTH && /^(.)\1*$/u.test(bare);
}

function isSequence(bare: string): boolean {
  return (
    bare.length >= MIN_SEQUENCE_LENGTH &&
    (SEQUENCES.has(bare) ||
      DECIMAL_SEQUENCE.startsWith(bare) ||
      DECIMAL_SEQUENCE.slice(1).startsWith(bare))
  );
}
