'use strict';
// In place of Application Insights, which Azurite loads even where its telemetry is switched off.
module.exports = {};
