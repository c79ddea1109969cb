import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { requireShape } from '../../../base/validation/requireShape.ts';
import { MAX_USER_DEVICES, type UserDevices } from '../../../core/decisions/userDevices.ts';
import { parseJson } from '../../../core/ingest/readItems.ts';
import { compareComplianceStates } from '../../../domain/compliance/complianceState.ts';
import type { PartnerReportedThreatState } from '../../../domain/vocabulary/threat.ts';

/** The part of Entra's event that is read. Microsoft's custom claims provider reference describes the rest. */
export const TokenIssuanceStartSchema = Type.Object({
  type: Type.Literal('microsoft.graph.authenticationEvent.tokenIssuanceStart'),
  data: Type.Object({
    '@odata.type': Type.Literal('microsoft.graph.onTokenIssuanceStartCalloutData'),
    authenticationContext: Type.Object({
      user: Type.Object({ userPrincipalName: Type.String({ minLength: 1, maxLength: 1024 }) }),
    }),
  }),
});
const TokenIssuanceStart = Compile(TokenIssuanceStartSchema);

export const ClaimsAnswerSchema = Type.Object({
  data: Type.Object({
    '@odata.type': Type.Literal('microsoft.graph.onTokenIssuanceStartResponseData'),
    actions: Type.Array(
      Type.Object({
        '@odata.type': Type.Literal('microsoft.graph.tokenIssuanceStart.provideClaimsForToken'),
        claims: Type.Object({
          mtdWorstComplianceState: Type.String(),
          mtdBestComplianceState: Type.String(),
          mtdWorstThreatState: Type.String(),
          mtdBestThreatState: Type.String(),
          mtdDeviceCount: Type.String(),
        }),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
});

/** Best first. A device without a current report may have any threat, so it ranks just above the worst states. */
const THREAT_STATES: readonly PartnerReportedThreatState[] = [
  'secured',
  'lowSeverity',
  'mediumSeverity',
  'activated',
  'unknown',
  'unresponsive',
  'misconfigured',
  'deactivated',
  'highSeverity',
  'compromised',
];

/**
 * The user for whom Entra issues the token.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong.
 */
export function fromTokenIssuanceStart(body: Uint8Array): string {
  const message = 'the event is not a valid `tokenIssuanceStart`';
  const { data } = requireShape(TokenIssuanceStart, parseJson(body), message);
  return data.authenticationContext.user.userPrincipalName;
}

/**
 * The claims for the token, which the claims mapping policy of the application selects. Entra's event names a user but
 * no device, so the claims describe the worst and the best of the user's devices. Entra accepts only strings.
 */
export function toClaimsAnswer({
  evaluations,
  hasMore,
}: UserDevices): Type.Static<typeof ClaimsAnswerSchema> {
  const compliance = evaluations
    .map(({ complianceState }) => complianceState)
    .toSorted(compareComplianceStates);
  const threats = THREAT_STATES.filter((state) =>
    evaluations.some(({ partnerReportedThreatState }) => partnerReportedThreatState === state),
  );
  const claims = {
    mtdWorstComplianceState: compliance.at(-1) ?? 'unknown',
    mtdBestComplianceState: compliance.at(0) ?? 'unknown',
    mtdWorstThreatState: threats.at(-1) ?? 'unknown',
    mtdBestThreatState: threats.at(0) ?? 'unknown',
    mtdDeviceCount: hasMore ? `${String(MAX_USER_DEVICES)}+` : String(evaluations.length),
  };
  return {
    data: {
      '@odata.type': 'microsoft.graph.onTokenIssuanceStartResponseData',
      actions: [
        { '@odata.type': 'microsoft.graph.tokenIssuanceStart.provideClaimsForToken', claims },
      ],
    },
  };
}
