import { STAGES, type StageConfiguration } from './stageConfiguration.ts';

const SWITCHES = [
  'isZoneRedundant',
  'isLocked',
  'isPrivate',
  'assignsRoles',
  'scalesByQueueLength',
] as const satisfies readonly (keyof StageConfiguration)[];

/** A stage with some of its switches set another way. */
export interface SwitchedStage {
  /** `prod-isLocked-isPrivate`: the switches that are on. */
  readonly name: string;
  readonly stage: StageConfiguration;
}

/** Every stage with every combination of its switches. */
export function everySwitch(): readonly SwitchedStage[] {
  const combinations = SWITCHES.reduce<readonly (readonly (keyof StageConfiguration)[])[]>(
    (some, each) => some.flatMap((on) => [on, [...on, each]]),
    [[]],
  );
  return STAGES.flatMap((stage) =>
    combinations.map((on) => ({
      name: [stage.stage, ...on].join('-'),
      stage: {
        ...stage,
        ...Object.fromEntries(SWITCHES.map((each) => [each, on.includes(each)])),
      },
    })),
  );
}
