#!/usr/bin/env node
// Committed, unlike dist: npm links a command when it installs, and a clone is built after that. Without the link,
// `npx sealed-log` would ask the registry.
'use strict';
// Node.js opens its inspector at this signal, unless there is a listener, and any local user could read the keys in it. So the
// listener stands before everything else. A signal that comes even earlier is noticed before the first key: see main.ts.
process.on('SIGUSR1', () => undefined);
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const built = join(__dirname, '../dist/main.cjs');
if (existsSync(built)) {
  require(built);
} else {
  console.error('sealed-log: error: the command is not built yet: run `npm run build` first');
  process.exitCode = 3;
}
