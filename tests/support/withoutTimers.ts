const NEXT_LEAP_DAY = '0 0 0 29 2 *';

/** Settings under which nothing but what a test does reaches the database, and a system that waits takes no processor from another. */
export const WITHOUT_TIMERS = {
  ENROLMENT_SYNC_SCHEDULE: NEXT_LEAP_DAY,
  HEARTBEAT_SWEEP_SCHEDULE: NEXT_LEAP_DAY,
  PUBLICATION_RETRY_SCHEDULE: NEXT_LEAP_DAY,
  REEVALUATION_SCHEDULE: NEXT_LEAP_DAY,
};
