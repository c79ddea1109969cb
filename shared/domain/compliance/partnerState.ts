import type { Configuration, MobileThreatDefenseConnector } from './configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { partnerDeadline } from './deviceClock.ts';

/** Graph `mobileThreatPartnerTenantState`, the values that are used here. */
export type PartnerState = 'notSetUp' | 'available' | 'enabled' | 'unresponsive';

/** The partner's state at `now`, as in Intune's connector status table. In reading order: the first match counts. */
export function partnerStateOf(
  connector: MobileThreatDefenseConnector,
  now: DateTime,
): PartnerState {
  const deadline = partnerDeadline({ connector });
  if (deadline !== undefined && now > deadline) return 'unresponsive';
  if (connector.androidEnabled || connector.iosEnabled) return 'enabled';
  return connector.lastHeartbeatDateTime === undefined ? 'notSetUp' : 'available';
}

/** A fleet of any size reports within minutes, so this alerts operators days before the silence has a consequence. */
const SILENT_AFTER_IN_SECONDS = 2 * 60 * 60;

/** The last report of an enabled partner, if it is so old that an operator should look; else `undefined`. */
export function partnerSilentSince(
  { connector, tenantSettings }: Configuration,
  now: DateTime,
): DateTime | undefined {
  const lastReport = connector?.lastHeartbeatDateTime;
  if (connector === undefined || lastReport === undefined) return undefined;
  if (!connector.androidEnabled && !connector.iosEnabled) return undefined;
  // The stored heartbeat may lag behind by the slack.
  const slackInSeconds = tenantSettings?.partnerHeartbeatSlackInSeconds ?? 0;
  const deadline = addSeconds(lastReport, SILENT_AFTER_IN_SECONDS + slackInSeconds);
  return now > deadline ? lastReport : undefined;
}

/** SEP Mobile's two check boxes in one word. */
export function integrationModeOf(
  connector: MobileThreatDefenseConnector,
): 'readOnly' | 'basic' | 'full' {
  if (!connector.reportDeviceHealthAndRisk) return 'readOnly';
  return connector.reportSecurityIncidents ? 'full' : 'basic';
}
