import { describe, expect, it } from 'vitest';
import {
  fromDeviceDocument,
  toDeviceDocument,
} from '../../../../shared/adapters/cosmos/deviceDocument.ts';
import { salvageRecord } from '../../../../shared/adapters/cosmos/salvageRecord.ts';
import { advanceRecord, createDeviceRecord } from '../../../../shared/domain/deviceRecord.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { SAMPLE } from '../../../support/given.ts';
import { healthySignals, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';

const record = advanceRecord(
  createDeviceRecord('phone-1'),
  [
    ...healthySignals('phone-1'),
    signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
    signalOf({
      type: 'incidentReported',
      status: 'resolved',
      incident: { ...INCIDENT, incidentId: 'incident-2' },
    }),
  ],
  SAMPLE,
  NOW,
);
const { device } = record;
const OUT_OF_RANGE = '+010000-01-06T12:00:00.000Z';

/** The stored document, with these parts of its record replaced. */
const storedWith = (changes: object): object => {
  const document = toDeviceDocument(record);
  return { ...document, record: { ...document.record, ...changes } };
};
const salvaged = (changes: object): ReturnType<typeof salvageRecord> =>
  salvageRecord(storedWith(changes), 'phone-1');

describe('a record that cannot be read', () => {
  it.each([
    [
      'a moment after the year 9999',
      { evaluation: { ...record.evaluation, changeDueDateTime: OUT_OF_RANGE } },
    ],
    ['an unknown state', { evaluation: { complianceState: 'splendid' } }],
    ['an announcement of another time', { outbox: [{ type: 'song' }] }],
    ['no count', { transitionCount: 'many' }],
  ])('keeps all facts if only the evaluation is affected: %s', (_, changes) => {
    expect(() => fromDeviceDocument(storedWith(changes), 'phone-1')).toThrow('cannot be read');
    expect(salvaged(changes)).toEqual({
      record: { device, announcementCount: 0, outbox: [] },
      kept: 'facts',
    });
  });

  it.each([
    ['verdict', { observedDateTime: OUT_OF_RANGE, signalId: 'x', value: { riskLevel: 'high' } }],
    ['activated', 7],
    ['physical', { value: 'rooted' }],
    ['incidents', [...device.incidents, { value: { status: 'open' } }]],
    ['lastSeenDateTime', OUT_OF_RANGE],
  ])('keeps the enrolment and the open incidents if `%s` cannot be read', (name, value) => {
    const kept = salvaged({ device: { ...device, [name]: value } });
    const [open] = device.incidents;
    expect(kept).toMatchObject({
      record: {
        device: {
          deviceId: 'phone-1',
          enrolment: device.enrolment,
          incidents: [open],
          tombstones: device.tombstones,
        },
        announcementCount: 0,
        outbox: [],
      },
      kept: 'enrolment',
    });
    for (const each of ['activated', 'verdict', 'knownVerdict', 'lastSeenDateTime', 'physical'])
      expect(kept.record.device).not.toHaveProperty(each);
    const { complianceState, reasons } = evaluateCompliance(kept.record, SAMPLE, NOW);
    expect([complianceState, reasons.map(({ code }) => code)]).toEqual([
      'noncompliant',
      expect.arrayContaining(['noPartnerData', 'incidentOpen']) as unknown,
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no record', {}],
    ['text', { record: 'gone' }],
    ['no device', { record: { device: 'corrupt' } }],
    ['an enrolment of another form', { record: { device: { deviceId: 'phone-1', enrolment: 1 } } }],
    ['a list', { record: [] }],
  ])('keeps nothing of %s', (_, document) => {
    expect(salvageRecord(document, 'phone-1')).toEqual({
      record: createDeviceRecord('phone-1'),
      kept: 'nothing',
    });
  });

  it('keeps the mark of an unreadable report, which blocks', () => {
    const marked = advanceRecord(
      createDeviceRecord('phone-1'),
      [
        ...healthySignals('phone-1'),
        signalOf({
          type: 'reportUnreadable',
          kind: 'incident',
          fault: { field: 'incident.id', word: 'missing' },
        }),
      ],
      SAMPLE,
      NOW,
    ).device;
    expect(marked.unreadable).toBeDefined();
    const kept = salvaged({ device: { ...marked, physical: 7 } });
    expect(kept.record.device.unreadable).toEqual(marked.unreadable);
    expect(evaluateCompliance(kept.record, SAMPLE, NOW).complianceState).toBe('error');
  });

  it('keeps what any event source reported as bad news, and no good news of it', () => {
    const reported = advanceRecord(
      createDeviceRecord('phone-1'),
      [
        ...healthySignals('phone-1'),
        { ...signalOf({ type: 'riskReported', riskLevel: 'minimal' }), sourceId: 'siem' },
        {
          ...signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }),
          sourceId: 'siem',
        },
      ],
      SAMPLE,
      NOW,
    );
    const stored = toDeviceDocument(reported);
    expect(fromDeviceDocument(stored, 'phone-1')).toEqual(reported);
    const { sources } = salvaged({ device: { ...reported.device, physical: 7 } }).record.device;
    expect(sources).toEqual({ siem: { incidents: reported.device.sources?.['siem']?.incidents } });
  });

  it('keeps no facts that a record says of another device', () => {
    const { kept, record: found } = salvageRecord(storedWith({}), 'phone-2');
    expect([kept, found.device.deviceId, found.device.verdict]).toEqual([
      'enrolment',
      'phone-2',
      undefined,
    ]);
  });

  it('keeps facts that this release does not know', () => {
    const changes = { device: { ...device, verdict: 7, remark: { of: 'a later release' } } };
    expect(salvaged(changes).record.device).toHaveProperty('remark');
    expect(salvaged({ outbox: 7, remark: 1 }).record).toHaveProperty('remark');
  });
});
