// The software bill of materials of a package: every package that is installed with it.
import { writeFileSync } from 'node:fs';
import { run } from './command.mjs';

/** @typedef {{ type: string, url: string }} Reference */
/** @typedef {{ components: { externalReferences?: Reference[] }[] }} CycloneDx */

/**
 * @param {string} project a project into which npm has installed the package alone
 * @param {string} registry the registry on the loopback, which the bill does not name
 * @param {string} file where the bill is written, in the format CycloneDX
 * @returns {Promise<string>} how many packages it lists
 */
export async function writeSbom(project, registry, file) {
  const printed = await run(project, 'npm', ['sbom', '--sbom-format', 'cyclonedx']);
  const bill = /** @type {CycloneDx} */ (JSON.parse(printed));
  for (const component of bill.components)
    component.externalReferences = (component.externalReferences ?? []).filter(
      ({ url }) => !url.startsWith(registry),
    );
  writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  return `bill of ${bill.components.length} packages`;
}
