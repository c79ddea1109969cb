/** What `isReachableUrl` expects of a caller, in words for error messages. */
export const REACHABLE_URL_IN_WORDS =
  'must be an https URL on the public internet, without a user name';
