import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../../../base/connectorError.ts';
import { compareComplianceStates } from '../../../domain/compliance/complianceState.ts';
import type { PartnerReportedThreatState } from '../../../domain/vocabulary/threat.ts';
import { checkShape } from '../../../base/validation/checkShape.ts';
import { parseJson } from '../../../core/ingest/readItems.ts';
import { MAX_USER_DEVICES, type UserDevices } from '../../../core/decisions/userDevices.ts';

/** The part of Entra's event that is read; all of it stands in Microsoft's custom claims provider reference. */
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

/** Best first. A device that SEP Mobile cannot speak for may have any threat: better than the worst, and no more. */
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

/** Whose token it is. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromTokenIssuanceStart(body: Uint8Array): string {
  const checked = checkShape(TokenIssuanceStart, parseJson(body));
  if (checked.ok) return checked.value.data.authenticationContext.user.userPrincipalName;
  throw new ConnectorError('invalidRequest', 'the event is no start of a token issuance', {
    details: checked.problems,
  });
}

/**
 * What Entra puts into the token, by the claims mapping policy of its application. Entra's event names a user and no
 * device, so it is the worst and the best of theirs that is told. Strings, because Entra takes nothing else.
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
