/**
 * The header of a syslog message, without its text: the octet count of a stream (RFC 6587 section 3.4.1), the priority,
 * and of RFC 5424 (section 6) the version, five words and the structured data. What follows in RFC 3164 has no fixed form.
 */
const HEADER =
  /\s*(?:\d{1,9} )?<\d{1,3}>(?:1 (?:[^\s{]+ ){5}(?:-|(?:\[(?:[^"\]\n]|"(?:[^"\\\n]|\\[^\n])*")*\])+))?/y;

/** The position behind the syslog header that begins at `at`; `at` if there is none. */
export function skipSyslogHeader(text: string, at: number): number {
  HEADER.lastIndex = at;
  return HEADER.test(text) ? HEADER.lastIndex : at;
}
