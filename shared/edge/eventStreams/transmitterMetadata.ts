import { Type, type Static } from 'typebox';
import type { SsfConfig } from '../../settings/readSsf.ts';
import { POLL, PUSH } from './streamDelivery.ts';

/** The discovery document (SSF 1.0 section 7.1). */
export const TransmitterMetadataSchema = Type.Object({
  spec_version: Type.Literal('1_0'),
  issuer: Type.String(),
  jwks_uri: Type.String(),
  delivery_methods_supported: Type.Array(Type.String()),
  configuration_endpoint: Type.String(),
  status_endpoint: Type.String(),
  add_subject_endpoint: Type.String(),
  remove_subject_endpoint: Type.String(),
  verification_endpoint: Type.String(),
  authorization_schemes: Type.Array(Type.Object({ spec_urn: Type.String() })),
  default_subjects: Type.Enum(['ALL', 'NONE']),
});

/** The discovery document of this transmitter. Every stream starts with all devices. */
export function toTransmitterMetadata({
  issuer,
}: SsfConfig): Static<typeof TransmitterMetadataSchema> {
  const endpoint = (path: string): string => `${issuer}/api/ssf/${path}`;
  return {
    spec_version: '1_0',
    issuer,
    jwks_uri: endpoint('jwks.json'),
    delivery_methods_supported: [PUSH, POLL],
    configuration_endpoint: endpoint('streams'),
    status_endpoint: endpoint('status'),
    add_subject_endpoint: endpoint('subjects/add'),
    remove_subject_endpoint: endpoint('subjects/remove'),
    verification_endpoint: endpoint('verification'),
    // RFC 6749: an access token of the token issuer.
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  };
}
