import { X509Certificate } from 'node:crypto';
import { toAskedDevice, type AskedDevice } from '../../core/decisions/deviceIdentification.ts';
import { fromDeviceUri } from './fromDeviceUri.ts';
import { urisOfForwarded } from './urisOfForwarded.ts';

interface Headers {
  get(name: string): string | null;
}

/**
 * The device in the client certificate header of a proxy; `undefined` if there is none, more than one, or the proxy did
 * not verify the certificate. Call it only for a proxy that is trusted to verify certificates: any other caller could
 * forge these headers.
 * The headers are Envoy's `x-forwarded-client-cert`, and `x-client-certificate` with `x-client-verify`, which hold
 * nginx's variables `$ssl_client_escaped_cert` and `$ssl_client_verify`.
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
    : toAskedDevice('clientCertificate', value);
}

function urisOfCertificate(escaped: string): readonly string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(decodeURIComponent(escaped));
    return splitAtCommas(subjectAltName).flatMap((name) => {
      const uri = /^\s*URI:(.*)$/.exec(name)?.[1];
      return uri === undefined ? [] : [uri];
    });
  } catch {
    return [];
  }
}

/** Splits at each comma outside of quotes. The holder of the certificate may have chosen the quoted text. */
function splitAtCommas(text: string): readonly string[] {
  const parts: string[] = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    if (character === ',' && !isQuoted) parts.push('');
    else if (character === '\\' && isQuoted) {
      parts[parts.length - 1] += text.slice(at, at + 2);
      at += 1;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}
