import { generate } from 'selfsigned';

/** A certificate with its private key, in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Issues certificates for the servers and devices of a test. */
export interface Authority {
  readonly certificate: string;
  /** Issues a certificate for a server on 127.0.0.1. */
  issueServer(): Promise<Identity>;
  /** Issues a client certificate with these URIs among its names. */
  issueClient(...uris: readonly string[]): Promise<Identity>;
}

/** Creates an authority that no program trusts yet. */
export async function createAuthority(name: string): Promise<Authority> {
  const ca = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const issue = async (
    commonName: string,
    extensions: NonNullable<Parameters<typeof generate>[1]>['extensions'] & object,
  ): Promise<Identity> => {
    const issued = await generate([{ name: 'commonName', value: commonName }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: ca.private, cert: ca.cert },
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        ...extensions,
      ],
    });
    return { certificate: issued.cert, key: issued.private };
  };
  return {
    certificate: ca.cert,
    issueServer: () =>
      issue('127.0.0.1', [
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
      ]),
    issueClient: (...uris) =>
      issue('phone', [
        { name: 'extKeyUsage', clientAuth: true },
        ...(uris.length === 0
          ? []
          : [
              {
                name: 'subjectAltName' as const,
                altNames: uris.map((value) => ({ type: 6 as const, value })),
              },
            ]),
      ]),
  };
}
