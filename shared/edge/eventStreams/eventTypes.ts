import type { EventStream } from './eventStream.ts';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
export const COMPLIANCE_CHANGE = `${CAEP}device-compliance-change`;
export const RISK_LEVEL_CHANGE = `${CAEP}risk-level-change`;
export const OKTA_RISK_CHANGE =
  'https://schemas.okta.com/secevent/okta/event-type/device-risk-change';

/** Every stream gets the two events about the stream itself, requested or not (SSF 1.0 sections 8.1.4 and 8.1.5). */
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';
export const VERIFICATION = `${SSF}verification`;
export const STREAM_UPDATED = `${SSF}stream-updated`;

/** The events that a receiver can request. Okta has its own event for the risk of a device. */
export function supportedEvents({ dialect }: Pick<EventStream, 'dialect'>): readonly string[] {
  return [COMPLIANCE_CHANGE, dialect === 'okta' ? OKTA_RISK_CHANGE : RISK_LEVEL_CHANGE];
}

/** The requested events that are supported. */
export function deliveredEvents(stream: EventStream): readonly string[] {
  return supportedEvents(stream).filter((type) => stream.events_requested.includes(type));
}
