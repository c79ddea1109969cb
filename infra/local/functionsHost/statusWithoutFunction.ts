/**
 * The status for a path that no function serves. At `/` the real host has a home page for everybody, and 204 if the
 * setting disables it (azure-functions-host, `HomepageMiddleware`). A proxy may take either for an allowance.
 */
export function statusWithoutFunction(
  path: string,
  setting = process.env['AzureWebJobsDisableHomepage'],
): number {
  if (path !== '/') return 404;
  return setting?.toLowerCase() === 'true' ? 204 : 200;
}
