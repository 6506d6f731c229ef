// Command: prints every violation in the manifests of the workspaces. Exits with 1 when there is one.
import { fileURLToPath } from 'node:url';
import { checkManifests } from './manifest-rules.mjs';
import { readWorkspaces } from './workspaces.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const violations = checkManifests(readWorkspaces(root));
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;
