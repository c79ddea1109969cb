import { MAX_SIGNALS_A_MESSAGE } from '../../shared/core/devices/packSignals.ts';

/** The load of a fleet, and settings of the connector. */
export interface Load {
  readonly devices: number;
  readonly heartbeatInSeconds: number;
  /** `deviceHeartbeatSlackInSeconds`. */
  readonly slackInSeconds: number;
  /** Risks, incidents and telemetry of a device, without heartbeats. */
  readonly eventsADay: number;
  readonly transitionsADay: number;
  readonly decisionsADay: number;
  /** Events in one request of SEP Mobile. */
  readonly eventsARequest: number;
  /** Signals in one message of the queue. */
  readonly signalsAMessage: number;
  /** Messages in one execution of the consumer. */
  readonly messagesAnExecution: number;
  /** Receivers of event streams that poll and wait. Each holds a place of an instance. */
  readonly waitingReceivers: number;
}

export const USUAL_LOAD: Omit<Load, 'devices'> = {
  heartbeatInSeconds: 15 * 60,
  slackInSeconds: 2 * 60 * 60,
  eventsADay: 1,
  transitionsADay: 0.05,
  decisionsADay: 50,
  eventsARequest: 100,
  signalsAMessage: MAX_SIGNALS_A_MESSAGE,
  messagesAnExecution: 10,
  waitingReceivers: 10,
};
