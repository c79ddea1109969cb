import { expect, it, onTestFinished, vi } from 'vitest';
import { openBlobDecisionLog } from '../../../../shared/adapters/blobs/blobDecisionLog.ts';
import { createDecisionId } from '../../../../shared/core/decisions/decisionId.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DecisionRecord } from '../../../../shared/core/ports/logs.ts';
import { decisionRecord } from '../../../support/decisionRecord.ts';
import { NOW } from '../../../support/signals.ts';

const WAITING = 20_000;
const CONNECTION = {
  kind: 'connectionString',
  connectionString: 'UseDevelopmentStorage=true',
} as const;

function recordsAt(seconds: number, count: number): readonly DecisionRecord[] {
  const at = new Date(addSeconds(NOW, seconds));
  const record = decisionRecord(createDecisionId(at, '01234567'), at);
  return Array.from({ length: count }, () => record);
}

it('says once a minute how many lines were lost beyond the waiting ones', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  const decisions = openBlobDecisionLog(CONNECTION);
  decisions.record(recordsAt(0, WAITING), log);
  expect(warnings).toEqual([]);
  decisions.record(recordsAt(1, 3), log);
  for (let second = 2; second < 60; second += 1) decisions.record(recordsAt(second, 1), log);
  expect(warnings).toEqual([expect.stringContaining('lost 3 lines')]);
  decisions.record(recordsAt(61, 2), log);
  expect(warnings.slice(1)).toEqual([expect.stringContaining('lost 60 lines')]);
  decisions.record(recordsAt(62, 1), log);
  decisions.record([], log);
  expect(warnings).toHaveLength(2);
});
