import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import { defined } from '../../base/defined.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import {
  CONNECTOR_DEFAULTS,
  EVENT_SOURCE_DEFAULTS,
  TENANT_SETTINGS_DEFAULTS,
} from './configurationDefaults.ts';
import { findUnknownStored } from './findUnknown.ts';
import {
  CompliancePolicySchema,
  ConditionalAccessPolicySchema,
  ConnectorSchema,
  EventSourceSchema,
  SilenceBreakerSchema,
  TenantSettingsSchema,
  ThreatOverrideSchema,
} from '../schemas/configurationSchemas.ts';
import { KnownReportFaultSchema } from '../schemas/reportFaultSchemas.ts';

/** The kinds of document that an evaluation reads. The kind is the partition key of the `configuration` container. */
export const CONFIGURATION_KINDS = [
  'tenantSettings',
  'mobileThreatDefenseConnector',
  'deviceCompliancePolicy',
  'conditionalAccessPolicy',
  'threatOverride',
  'silenceBreaker',
  'reportFault',
  'eventSource',
] as const;
export type ConfigurationKind = (typeof CONFIGURATION_KINDS)[number];

const validators = {
  tenantSettings: Compile(TenantSettingsSchema),
  mobileThreatDefenseConnector: Compile(ConnectorSchema),
  deviceCompliancePolicy: Compile(CompliancePolicySchema),
  conditionalAccessPolicy: Compile(ConditionalAccessPolicySchema),
  threatOverride: Compile(ThreatOverrideSchema),
  silenceBreaker: Compile(SilenceBreakerSchema),
  reportFault: Compile(KnownReportFaultSchema),
  eventSource: Compile(EventSourceSchema),
};

/** Values for settings that are missing in older documents. */
const DEFAULTS: Readonly<Partial<Record<ConfigurationKind, object>>> = {
  tenantSettings: TENANT_SETTINGS_DEFAULTS,
  mobileThreatDefenseConnector: CONNECTOR_DEFAULTS,
  eventSource: EVENT_SOURCE_DEFAULTS,
};

interface StoredDocument {
  readonly id: string;
  readonly kind: string;
  readonly [name: string]: unknown;
}

/**
 * The configuration in these documents. A document that does not fit its schema, or has a property that this release does
 * not know, becomes a problem, which blocks: it might be the policy, or the requirement, that forbids access.
 */
export function fromConfigurationDocuments(documents: readonly StoredDocument[]): Configuration {
  const problems: string[] = [];
  const read = <T>(kind: ConfigurationKind, validator: Parameters<typeof checkShape<T>>[0]): T[] =>
    documents
      .filter((document) => document.kind === kind)
      .flatMap((document) => {
        const checked = checkShape(validator, { ...DEFAULTS[kind], ...document });
        const unknown =
          checked.ok && !isOurs(kind) ? findUnknownStored(document, checked.value) : [];
        if (checked.ok && unknown.length === 0) return [checked.value];
        const [problem] = checked.ok ? unknown : checked.problems;
        problems.push(`${kind}/${document.id}: ${problem?.path ?? ''} ${problem?.message ?? ''}`);
        return [];
      });
  const [tenantSettings] = read('tenantSettings', validators.tenantSettings);
  const [connector] = read('mobileThreatDefenseConnector', validators.mobileThreatDefenseConnector);
  const [silenceBreaker] = read('silenceBreaker', validators.silenceBreaker);
  return {
    ...defined({ tenantSettings, connector }),
    compliancePolicies: read('deviceCompliancePolicy', validators.deviceCompliancePolicy),
    conditionalAccessPolicies: read('conditionalAccessPolicy', validators.conditionalAccessPolicy),
    threatOverrides: read('threatOverride', validators.threatOverride),
    silenceBreaker: silenceBreaker ?? { state: 'closed' },
    reportFaults: read('reportFault', validators.reportFault),
    eventSources: read('eventSource', validators.eventSource).map(toEventSource),
    problems,
  };
}

/**
 * The system writes the silence breaker and the faults of reports by itself. A later release may do so while this one
 * still runs, and that must not block every device.
 */
function isOurs(kind: ConfigurationKind): boolean {
  return kind === 'silenceBreaker' || kind === 'reportFault';
}

function toEventSource({ sourceKind, ...source }: Static<typeof EventSourceSchema>): EventSource {
  return { ...defined(source), kind: sourceKind };
}

/** The configuration in `documents` after `change` replaced, added or removed one of them. */
export function configurationAfter(
  documents: readonly StoredDocument[],
  change: {
    readonly kind: string;
    readonly id: string;
    readonly after: StoredDocument | undefined;
  },
): Configuration {
  const others = documents.filter(({ kind, id }) => kind !== change.kind || id !== change.id);
  return fromConfigurationDocuments(
    change.after === undefined ? others : [...others, change.after],
  );
}
