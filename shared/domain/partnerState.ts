import type { MobileThreatDefenseConnector } from './configuration.ts';
import type { DateTime } from './dateTime.ts';
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

/** SEP Mobile's two check boxes in one word. */
export function integrationModeOf(
  connector: MobileThreatDefenseConnector,
): 'readOnly' | 'basic' | 'full' {
  if (!connector.reportDeviceHealthAndRisk) return 'readOnly';
  return connector.reportSecurityIncidents ? 'full' : 'basic';
}
