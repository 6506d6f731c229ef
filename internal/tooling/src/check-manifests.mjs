// Command: prints what is wrong with the workspaces' manifests, and exits with 1 if anything is.
import { fileURLToPath } from 'node:url';
import { checkManifests } from './manifest-rules.mjs';
import { readWorkspaces } from './workspaces.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const violations = checkManifests(readWorkspaces(root));
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;
