// Applies all rules to all manifests.
import { checkLadder } from '../ladder/ladder-rules.mjs';
import { checkPublishing } from './publishing-rules.mjs';

/** @typedef {import('./workspaces.mjs').Workspace} Workspace */

/**
 * @param {readonly Workspace[]} workspaces
 * @returns {string[]} each violation with the manifest it is in; none where all is well
 */
export function checkManifests(workspaces) {
  return workspaces.flatMap((workspace) =>
    [...checkLadder(workspace, workspaces), ...checkPublishing(workspace)].map(
      (violation) => `${workspace.folder}/package.json: ${violation}`,
    ),
  );
}
