/**
 * App settings that Flex Consumption rejects or ignores, in any case
 * (learn.microsoft.com/azure/azure-functions/functions-app-settings).
 */
export const REFUSED_SETTINGS =
  /^(?:FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT\w*|WEBSITE_NODE_DEFAULT_VERSION|WEBSITE_TIME_ZONE|TZ|FUNCTIONS_WORKER_PROCESS_COUNT|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD)$/i;
