import type { Construct } from 'constructs';
import { AzureResource, HERE, TAGS } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { call } from '../engine/expression.ts';
import { defined } from '../../../shared/base/defined.ts';

/** Places of Azure's availability tests (learn.microsoft.com/azure/azure-monitor/app/availability, location tags). */
const LOCATIONS = [
  'emea-nl-ams-azr',
  'emea-gb-db3-azr',
  'emea-fr-pra-edge',
  'us-va-ash-azr',
  'apac-sg-sin-azr',
] as const;
const FREQUENCY_IN_SECONDS = 300;
const TIMEOUT_IN_SECONDS = 30;
const CERTIFICATE_LIFETIME_IN_DAYS = 7;

export interface AvailabilityTestProps {
  readonly name: string;
  readonly url: string;
  readonly applicationInsights: ArmResource;
  /** False where nobody on the internet reaches the API; `undefined`: always true. */
  readonly condition: string | undefined;
}

/** Asks the API from several places whether it is ready. Its tag shows the results in Application Insights. */
export function addAvailabilityTest(
  scope: Construct,
  { name, url, applicationInsights, condition }: AvailabilityTestProps,
): ArmResource {
  const link = call('createObject', `hidden-link:${applicationInsights.id}`, 'Resource');
  return new AzureResource(scope, 'availability', {
    type: 'Microsoft.Insights/webtests',
    name,
    ...defined({ condition }),
    body: {
      location: HERE,
      kind: 'standard',
      tags: call('union', TAGS, link),
      properties: {
        SyntheticMonitorId: name,
        Name: name,
        Kind: 'standard',
        Enabled: true,
        Frequency: FREQUENCY_IN_SECONDS,
        Timeout: TIMEOUT_IN_SECONDS,
        RetryEnabled: true,
        Locations: LOCATIONS.map((Id) => ({ Id })),
        Request: { RequestUrl: url, HttpVerb: 'GET', ParseDependentRequests: false },
        ValidationRules: {
          ExpectedHttpStatusCode: 200,
          SSLCheck: true,
          SSLCertRemainingLifetimeCheck: CERTIFICATE_LIFETIME_IN_DAYS,
        },
      },
    },
  });
}
