import { expect, it } from 'vitest';
import {
  createDecisionId,
  createWriterName,
  decisionMoment,
  decisionWriter,
} from '../../../../shared/core/decisions/decisionId.ts';

it('contains the moment of the decision in milliseconds', () => {
  const at = new Date('2026-01-31T23:59:59.999Z');
  const id = createDecisionId(at, 'fffffffe');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(decisionMoment(id)).toEqual(at);
  expect(decisionWriter(id)).toBe('fffffffe');
  expect(createDecisionId(at, 'fffffffe')).not.toBe(id);
});

it('reads the example of RFC 9562 appendix A.6', () => {
  expect(decisionMoment('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toEqual(
    new Date('2022-02-22T19:22:22.000Z'),
  );
});

it.each(['', 'x', '017f22e2-79b0-4cc3-98c4-dc0c0c07398f', '../../quarantine/x'])(
  'returns no moment for the invalid id `%s`',
  (text) => {
    expect(decisionMoment(text)).toBeUndefined();
  },
);

it('names its writer by eight digits, in which processes differ', () => {
  expect(createWriterName()).toMatch(/^[0-9a-f]{8}$/);
  expect(createWriterName()).not.toBe(createWriterName());
});

it('is unique among ten thousand decisions of one process in one millisecond', () => {
  const at = new Date('2026-01-31T23:59:59.999Z');
  const ids = Array.from({ length: 10_000 }, () => createDecisionId(at, '00000000'));
  expect(new Set(ids).size).toBe(ids.length);
});
