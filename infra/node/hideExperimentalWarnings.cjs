'use strict';
// Keeps from the user of a command that this Node.js calls TypeScript and SQLite experiments; other warnings stay.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.warn(warning.stack);
});
