'use strict';
// Replaces Application Insights, which Azurite loads even with telemetry switched off.
module.exports = {};
