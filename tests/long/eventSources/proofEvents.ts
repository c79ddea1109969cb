import type { EventLog } from '../../../infra/local/ses/eventLog.ts';
import type { EventSource } from '../../../shared/domain/vocabulary/eventSource.ts';
import { sampleSource } from '../../support/sampleSource.ts';

const PHONES = 500;
const THREATS = 8;
const START_IN_MILLISECONDS = Date.parse('2026-01-01T00:00:00Z');
const MILLISECONDS_AN_EVENT = 25;

/** The source of the proof, and of the measurement of memory. */
export function proofSource(endpoint: string): EventSource {
  return sampleSource('sesEventExport', { endpoint, streamId: 's', channelId: 'c' });
}

/** A log of so many events: threats that are found on phones and removed. It keeps none of them. */
export function createProofLog(count: number): EventLog {
  return { count: () => count, textAt: (index) => JSON.stringify(toEvent(index)) };
}

/** The events of one second have the same time, as in Symantec's own export. */
function toEvent(index: number): object {
  const moment = START_IN_MILLISECONDS + index * MILLISECONDS_AN_EVENT;
  const phone = (index * 7919) % PHONES;
  const threat = (index * 31) % THREATS;
  return {
    uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    time: new Date(moment - (moment % 1000)).toISOString(),
    type_id: 8031,
    category_id: 1,
    severity_id: 1 + (index % 6),
    // 1: blocked, 2: allowed.
    id: 1 + (index % 2),
    device_os_type_id: index % 3 === 0 ? 500 : 501,
    device_serial_number: `SERIAL${String(phone)}`,
    device_name: `Phone ${String(phone)}`,
    user_name: `user${String(phone)}`,
    threat: { name: `Threat ${String(threat)}`, type_id: 1, risk_id: 100 },
    file: { name: `app${String(threat)}.apk`, sha2: String(threat).padStart(64, '0') },
  };
}
