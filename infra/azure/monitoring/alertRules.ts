import type { AlertRule } from './alert.ts';
import { REPORT_ALERTS } from './reportAlerts.ts';
import { SERVICE_ALERTS } from './serviceAlerts.ts';

/**
 * Alerts on logs. `host.json` samples requests, and each record stands for `ItemCount` requests, so queries sum that
 * column. The host calls every HTTP answer a success, so queries look at the status. Timers run on their own instances
 * and too rarely to be sampled, so timers log the events that must not be missed.
 */
export const ALERT_RULES: readonly AlertRule[] = [...REPORT_ALERTS, ...SERVICE_ALERTS];
