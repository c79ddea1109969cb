import { X509Certificate } from 'node:crypto';
import type { AskedDevice } from '../../core/decisions/deviceIdentification.ts';
import { fromDeviceUri } from './fromDeviceUri.ts';

interface Headers {
  get(name: string): string | null;
}

/**
 * The device that a client certificate proves, as a proxy tells of it; `undefined` where it tells of none, of more
 * than one, or did not verify it. Call it for a proxy that is trusted to have verified it, and for nobody else:
 * whoever else sends these headers has made them up.
 * Read are Envoy's `x-forwarded-client-cert`, and `x-client-certificate` with `x-client-verify`, as nginx's variables
 * `$ssl_client_escaped_cert` and `$ssl_client_verify` fill them.
 */
export function fromClientCertificate(headers: Headers): AskedDevice | undefined {
  const forwarded = headers.get('x-forwarded-client-cert');
  const certificate = headers.get('x-client-certificate');
  const isVerified = headers.get('x-client-verify') === 'SUCCESS';
  const uris = [
    ...(forwarded === null ? [] : urisOfForwarded(forwarded)),
    ...(certificate === null || !isVerified ? [] : urisOfCertificate(certificate)),
  ];
  const ids = new Set(uris.flatMap((uri) => fromDeviceUri(uri) ?? []));
  const [value, ...others] = ids;
  return value === undefined || others.length > 0
    ? undefined
    : { identifiedBy: 'clientCertificate', value };
}

/** The `URI` of the last element, which the nearest proxy wrote (Envoy, HTTP header `x-forwarded-client-cert`). */
function urisOfForwarded(header: string): readonly string[] {
  const elements = splitUnquoted(header, ',');
  return splitUnquoted(elements.at(-1) ?? '', ';').flatMap((pair) => {
    const [, name, quoted, plain] = /^\s*([A-Za-z]+)=(?:"(.*)"|([^"]*))\s*$/.exec(pair) ?? [];
    return name?.toLowerCase() === 'uri' ? [quoted ?? plain ?? ''] : [];
  });
}

function urisOfCertificate(escaped: string): readonly string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(decodeURIComponent(escaped));
    return splitUnquoted(subjectAltName, ',').flatMap((name) => {
      const uri = /^\s*URI:(.*)$/.exec(name)?.[1];
      return uri === undefined ? [] : [uri];
    });
  } catch {
    return [];
  }
}

/** Splits at `separator` outside of quotes: what is quoted was chosen by whoever asked for the certificate. */
function splitUnquoted(text: string, separator: string): readonly string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) parts.push('');
    else if (character === '\\' && isQuoted) {
      parts[parts.length - 1] += text.slice(at, at + 2);
      at += 1;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}
