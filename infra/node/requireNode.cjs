'use strict';
// Checks the version of Node.js before a command, then runs the file in its argument, if any, in the same process, so
// signals to the command reach it. It is old JavaScript, so an old Node.js can run it and print what to do.
var required = [22, 18];
var actual = process.versions.node.split('.').map(Number);
if (actual[0] < required[0] || (actual[0] === required[0] && actual[1] < required[1])) {
  console.error(
    'Node.js ' +
      required.join('.') +
      ' or later is needed, this is ' +
      process.versions.node +
      '.\n' +
      'On Linux x64, run `npm ci` without --omit=optional: it installs the right version for the npm scripts.\n' +
      'On any other system, install Node.js 22 (for example with `nvm install 22`) and run the command again.',
  );
  process.exit(1);
}
if (process.argv.length > 2) require('./runFile.cjs');
