import { expect, it } from 'vitest';
import {
  createWaitingPolls,
  MAX_WAITING_POLLS,
} from '../../../../shared/core/publishing/waitingPolls.ts';

it('lets one poll of a stream wait, and half as many as an instance takes requests', () => {
  const polls = createWaitingPolls();
  const ends = Array.from({ length: MAX_WAITING_POLLS }, (_, at) => polls.begin(`s${String(at)}`));
  expect(ends.every((end) => typeof end === 'function')).toBe(true);
  expect([polls.begin('s0'), polls.begin('one more')]).toEqual(['taken', 'full']);
  const [end] = ends;
  if (typeof end === 'function') end();
  expect(typeof polls.begin('one more')).toBe('function');
});
