/** The type allocation code and the serial number, which say which phone it is (3GPP TS 23.003, clause 6.2). */
const IDENTIFYING_DIGITS = 14;
const IMEI = /^\d{14,16}$/;

/**
 * An IMEI in its printed form of 15 digits. Without the check digit it has 14; with the version of the software in its
 * place (IMEISV) 16; networks send 0 for it (3GPP TS 23.003, clause 6.2 and annex B). `undefined` if `text` is no IMEI.
 */
export function toImei(text: string): string | undefined {
  const digits = text.replaceAll(/[\s/.-]/g, '');
  if (!IMEI.test(digits)) return undefined;
  const identifying = digits.slice(0, IDENTIFYING_DIGITS);
  return `${identifying}${String(toCheckDigit(identifying))}`;
}

/** The check digit by Luhn's formula (ISO/IEC 7812-1, annex B). */
function toCheckDigit(digits: string): number {
  let sum = 0;
  for (const [at, digit] of Array.from(digits).toReversed().entries()) {
    const weighted = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return (10 - (sum % 10)) % 10;
}
