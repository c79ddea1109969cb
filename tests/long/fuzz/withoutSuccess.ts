/** Operations that cannot succeed in the system that is sent to, with the reason. */
export const WITHOUT_SUCCESS: Readonly<Record<string, string>> = {
  getSsfConfigurationOfPath: 'it is there for an issuer with a path, and this one has none',
  confirmSilence: 'the breaker opens once most of fifty devices were silent for hours',
  confirmLeavers: 'leavers wait for a word once a fleet has left Intune, which nobody does here',
};
