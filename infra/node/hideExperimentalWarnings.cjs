'use strict';
// Hides the warnings of Node.js that TypeScript and SQLite are experimental. Other warnings stay.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.warn(warning.stack);
});
