import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { ConnectorError } from '../connectorError.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { DateTime } from '../domain/dateTime.ts';
import { decideAccess, RESOURCES, type Resource } from '../domain/decideAccess.ts';
import { remediationFor } from '../domain/remediation.ts';
import { checkShape } from '../ingest/checkShape.ts';
import { parseJson } from '../ingest/readItems.ts';
import {
  DeviceIdentificationSchema,
  type DeviceIdentification,
  type EvaluatedDevice,
} from './evaluateDevice.ts';

const MAX_DECISIONS = 100;
const COMPANY_APP = 'companyApp:';

/** One request of contract D.5. */
export interface AccessRequest {
  readonly device: DeviceIdentification;
  readonly resource: Resource;
  readonly userPrincipalName?: string;
}

export const AccessRequestSchema = Type.Object({
  device: DeviceIdentificationSchema,
  resource: Type.String({
    pattern: `^(${RESOURCES.join('|')}|${COMPANY_APP}[^\\s]{1,200})$`,
  }),
  userPrincipalName: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
});
const AccessRequests = Compile(AccessRequestSchema);

/**
 * The requests in a body, and whether they came as an array and are to be answered as one.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong; none of the batch is decided then.
 */
export function fromAccessRequestBody(body: Uint8Array): {
  readonly requests: readonly AccessRequest[];
  readonly isBatch: boolean;
} {
  const value = parseJson(body);
  const isBatch = Array.isArray(value);
  const items: readonly unknown[] = isBatch ? value : [value];
  if (items.length === 0 || items.length > MAX_DECISIONS) {
    throw new ConnectorError(
      'invalidRequest',
      `the body holds ${String(items.length)} requests, 1 to ${String(MAX_DECISIONS)} are allowed`,
    );
  }
  const checked = items.map((item) => checkShape(AccessRequests, item));
  const details = checked.flatMap((item, index) =>
    item.ok
      ? []
      : item.problems.map(({ path, message }) => ({
          path: isBatch ? `/${String(index)}${path}` : path,
          message,
        })),
  );
  if (details.length > 0) {
    throw new ConnectorError('invalidRequest', 'the access request is not valid', { details });
  }
  const requests = checked.flatMap((item) =>
    item.ok ? [{ ...item.value, resource: item.value.resource as Resource }] : [],
  );
  return { requests, isBatch };
}

/** The body of contract D.5 for one request. */
export function toAccessAnswer(
  { evaluation, identifiedBy }: EvaluatedDevice,
  request: AccessRequest,
  context: {
    readonly configuration: Configuration;
    readonly now: DateTime;
    readonly remediationUrl: string;
  },
): object {
  const { configuration, now, remediationUrl } = context;
  const decision = decideAccess(evaluation, request, configuration, now);
  return {
    decisionId: randomUUID(),
    decision: decision.decision,
    reasons: decision.reasons,
    identifiedBy,
    complianceState: evaluation.complianceState,
    remediation: remediationFor(decision.reasons, evaluation.threats),
    remediationUrl,
    policyVersion: decision.policyVersion,
    reportOnlyPolicies: decision.reportOnlyPolicies,
    evaluatedDateTime: now,
    expiresDateTime: decision.expiresDateTime,
  };
}
