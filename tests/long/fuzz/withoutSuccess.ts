/** Operations that cannot succeed in the system under test, with the reason. */
export const WITHOUT_SUCCESS: Readonly<Record<string, string>> = {
  getSsfConfigurationOfPath: 'it exists only for an issuer with a path',
  confirmSilence: 'the breaker trips when most of fifty devices are silent for hours',
  confirmLeavers: 'leavers wait for a confirmation only when many devices leave Intune',
  pullEventSourceNow: 'no source of the fuzzer is fetched; `pullNow` of a pushed one is a conflict',
};
