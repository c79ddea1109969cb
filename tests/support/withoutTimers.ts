const NEXT_LEAP_DAY = '0 0 0 29 2 *';

/** Settings that stop the timers, so that only the test's requests reach the database and an idle system is idle. */
export const WITHOUT_TIMERS = {
  ENROLMENT_SYNC_SCHEDULE: NEXT_LEAP_DAY,
  EVENT_SOURCE_PULL_SCHEDULE: NEXT_LEAP_DAY,
  HEARTBEAT_SWEEP_SCHEDULE: NEXT_LEAP_DAY,
  PUBLICATION_RETRY_SCHEDULE: NEXT_LEAP_DAY,
  REEVALUATION_SCHEDULE: NEXT_LEAP_DAY,
};
