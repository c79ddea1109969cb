/** OpenSSL's codes for a certificate that does not prove the host (nodejs.org/api/tls.html, X509 certificate error codes). */
const CERTIFICATE_FAULT = /CERT|ERR_TLS|SELF_SIGNED|UNABLE_TO_|CRL_|ISSUER|SSL/;

export function isCertificateFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CERTIFICATE_FAULT.test(String(error.code));
}
