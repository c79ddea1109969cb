'use strict';
// Runs the file in the first argument as if it were passed to Node.js itself.
const { resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

require('./hideExperimentalWarnings.cjs');
process.argv.splice(1, 1);
process.argv[1] = resolve(process.argv[1]);
import(pathToFileURL(process.argv[1]).href).catch((error) => {
  console.error(error);
  process.exit(1);
});
