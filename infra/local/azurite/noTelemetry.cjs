'use strict';
// In place of Application Insights, which Azurite starts even where its telemetry is switched off.
exports.start = () => undefined;
