import type { Configuration, MobileThreatDefenseConnector } from './configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { partnerDeadline } from './deviceClock.ts';

/** Graph `mobileThreatPartnerTenantState`, the values that can be told here. */
export type PartnerState = 'notSetUp' | 'available' | 'enabled' | 'unresponsive';

/** How the partner stands at `now`, as Intune's connector status table has it. Read from the top. */
export function partnerStateOf(
  connector: MobileThreatDefenseConnector,
  now: DateTime,
): PartnerState {
  const deadline = partnerDeadline({ connector });
  if (deadline !== undefined && now > deadline) return 'unresponsive';
  // At least one platform is switched on.
  if (connector.androidEnabled || connector.iosEnabled) return 'enabled';
  return connector.lastHeartbeatDateTime === undefined ? 'notSetUp' : 'available';
}

/** A fleet of any size reports within minutes: nothing for so long is worth a look, days before it has a consequence. */
const QUIET_AFTER_IN_SECONDS = 2 * 60 * 60;

/** When a partner that is switched on was heard last, where that is so long ago that somebody should look. */
export function partnerSilentSince(
  { connector, tenantSettings }: Configuration,
  now: DateTime,
): DateTime | undefined {
  const heard = connector?.lastHeartbeatDateTime;
  if (connector === undefined || heard === undefined) return undefined;
  if (!connector.androidEnabled && !connector.iosEnabled) return undefined;
  // What is noted may lag behind by the slack.
  const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
  return now > addSeconds(heard, QUIET_AFTER_IN_SECONDS + slackInSeconds) ? heard : undefined;
}

/** SEP Mobile's two check boxes in one word. */
export function integrationModeOf(
  connector: MobileThreatDefenseConnector,
): 'readOnly' | 'basic' | 'full' {
  if (!connector.reportDeviceHealthAndRisk) return 'readOnly';
  return connector.reportSecurityIncidents ? 'full' : 'basic';
}
