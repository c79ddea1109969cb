'use strict';
// Runs before start, demo and test; with a file as its argument it runs that file in the same process, so that a signal
// to the command reaches it. Plain old JavaScript, so that an old Node.js can read it and say what to do.
var required = [22, 18];
var actual = process.versions.node.split('.').map(Number);
if (actual[0] < required[0] || (actual[0] === required[0] && actual[1] < required[1])) {
  console.error(
    'Node.js ' +
      required.join('.') +
      ' or later is needed, this is ' +
      process.versions.node +
      '.\n' +
      'On Linux x64 `npm ci` brings the right one: run it without --omit=optional, then use the npm scripts.\n' +
      'On any other system install Node.js 22 (for example `nvm install 22`) and run the command again.',
  );
  process.exit(1);
}
if (process.argv.length > 2) require('./runFile.cjs');
