#!/usr/bin/env node
// Committed, unlike dist: npm links a command when it installs, and a clone is built after that. Without the link,
// `npx kes` would run an unrelated package of that name from the registry.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const built = join(__dirname, '../dist/main.cjs');
if (existsSync(built)) {
  require(built);
} else {
  console.error('kes: error: the command is not built yet: run `npm run build` first');
  process.exitCode = 3;
}
