import { expect, it } from 'vitest';
import {
  toSetupSteps,
  type SetupFacts,
  type SetupStep,
} from '../../../../shared/core/setup/setupSteps.ts';
import type { EventSource } from '../../../../shared/domain/vocabulary/eventSource.ts';

const MOMENT = '2026-11-30T12:00:00.000Z';
const SOURCE: EventSource = {
  id: 'sep-mobile',
  kind: 'sepMobileSiem',
  displayName: 'SEP Mobile',
  isEnabled: true,
  requiredPlatforms: [],
  detectionLifetimeInHours: 168,
};
const DEFAULT_OFF: EventSource = {
  ...SOURCE,
  id: 'default',
  kind: 'cloudEvents',
  isEnabled: false,
};

const stepsOf = (
  eventSources: readonly EventSource[],
  milestones: SetupFacts['milestones'] = {},
): readonly SetupStep[] =>
  toSetupSteps({
    webhookSecretCount: 1,
    milestones,
    managedDeviceCount: 0,
    configuration: {
      compliancePolicies: [],
      conditionalAccessPolicies: [],
      threatOverrides: [],
      silenceBreaker: { state: 'closed' },
      reportFaults: [],
      eventSources,
      problems: [],
    },
  });
const sourcesStep = (...given: Parameters<typeof stepsOf>): SetupStep | undefined =>
  stepsOf(...given).find(({ id }) => id === 'sourcesHeard');

it('without a source an administrator is told to add one, unless signed events arrive', () => {
  expect(sourcesStep([])).toMatchObject({
    isDone: false,
    todo: expect.stringContaining('sources add') as string,
  });
  expect(sourcesStep([], { firstSignedEvent: MOMENT })).toMatchObject({ isDone: true });
  expect(sourcesStep([DEFAULT_OFF], { firstSignedEvent: MOMENT })).toMatchObject({ isDone: false });
});

it('each source that was never heard is named, with what to do about its kind', () => {
  const pulled: EventSource = { ...SOURCE, id: 'ses', kind: 'sesEventExport' };
  const { todo = '', isDone } = sourcesStep([SOURCE, pulled]) ?? {};
  expect(isDone).toBe(false);
  expect(todo).toContain(
    '`sep-mobile` (sepMobileSiem): let the vendor send to /api/eventSources/sep-mobile/events',
  );
  expect(todo).toContain(
    '`ses` (sesEventExport): let it fetch now with `npm run ops -- sources pull-now ses`',
  );
  const heard = { ...SOURCE, lastEventDateTime: MOMENT };
  expect(sourcesStep([heard, pulled])?.todo).not.toContain('sep-mobile');
});

it('the step is done once every source that counts was heard', () => {
  const heard = { ...SOURCE, lastEventDateTime: MOMENT };
  expect(sourcesStep([heard])).toEqual({
    id: 'sourcesHeard',
    title: 'Each event source has sent an event',
    isDone: true,
  });
  expect(sourcesStep([heard, { ...SOURCE, id: 'paused', isEnabled: false }])?.isDone).toBe(true);
});

it('signed events and heartbeats are no steps while the source `default` is switched off', () => {
  const idsOf = (steps: readonly SetupStep[]): readonly string[] => steps.map(({ id }) => id);
  expect(idsOf(stepsOf([SOURCE]))).toEqual(
    expect.arrayContaining(['firstSignedEvent', 'firstHeartbeat']),
  );
  const ids = idsOf(stepsOf([SOURCE, DEFAULT_OFF]));
  expect(ids).not.toContain('firstSignedEvent');
  expect(ids).not.toContain('firstHeartbeat');
});
