// @ts-check
// The browsers of the system, for the tests and for the preview card.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Paths of executable files; `undefined` where there is none in the search path. */
export const browserPaths = {
  chromium: firstOf('chromium', 'chromium-browser', 'google-chrome'),
  firefox: firstOf('firefox-esr', 'firefox'),
};

/** @param {string[]} names */
function firstOf(...names) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
