import { invalidRequest } from '../../base/validation/invalidRequest.ts';

/** RFC 8187 section 3.2.1: the charset, an optional language, and percent-encoded bytes. */
const EXTENDED = /^utf-8'[^']*'(.*)$/i;

/**
 * The text of a header's value, which may be an extended one (RFC 8187), such as `UTF-8''j%C3%BCrgen@acme.example`: Azure's
 * host passes on no header that is not US-ASCII. @throws ConnectorError `invalidRequest` if it is no UTF-8.
 */
export function fromExtendedValue(header: string, value: string): string {
  const [, encoded] = EXTENDED.exec(value) ?? [];
  if (encoded === undefined) return value;
  try {
    return decodeURIComponent(encoded);
  } catch {
    const message = "must be `UTF-8''` and percent-encoded UTF-8";
    throw invalidRequest(`the header \`${header}\` cannot be read`, { path: header, message });
  }
}
