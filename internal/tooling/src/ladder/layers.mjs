// Which packages a package and its tests may use.
import { ladder } from './ladder.mjs';

/** @typedef {import('./ladder.mjs').Layer} Layer */

/**
 * The layer of that name, or `undefined`.
 *
 * @param {string} name
 * @param {readonly Layer[]} [layers]
 * @returns {Layer | undefined}
 */
export function layerNamed(name, layers = ladder) {
  return layers.find((layer) => layer.name === name);
}

/**
 * The packages that a package may import and depend on.
 *
 * @param {Layer} layer
 * @param {readonly Layer[]} [layers]
 * @returns {string[]} names without scope
 */
export function mayUse(layer, layers = ladder) {
  if (layer.role === 'program') {
    return layers
      .filter(({ role, testsOnly }) => !testsOnly && (role === 'rung' || role === 'shared'))
      .map(({ name }) => name);
  }
  if (layer.role !== 'rung') return [];
  const shared = layers
    .filter((each) => each.role === 'shared' && (layer.testsOnly || !isOfAllTests(each)))
    .map(({ name }) => name);
  return [...rungsBelow(layer), ...shared];
}

/**
 * @param {Layer} layer
 * @returns {readonly string[]} names without scope
 */
export function rungsBelow({ below = [] }) {
  return typeof below === 'string' ? [below] : below;
}

/**
 * The packages that the tests of a package may use: all that do not depend on the package, so that the build has no
 * cycle. A package with the role `shared` uses none. A package with the role `apart` uses shared packages only.
 *
 * @param {Layer} layer
 * @param {readonly Layer[]} [layers]
 * @returns {string[]} names without scope
 */
export function testsMayUse(layer, layers = ladder) {
  if (isOfAllTests(layer)) return [];
  return layers
    .filter((other) => other !== layer && !standsOn(other, layer, layers))
    .filter((other) => layer.role !== 'apart' || isOfAllTests(other))
    .map(({ name }) => name);
}

/**
 * @param {Layer} layer
 * @returns {boolean} whether the tests of every package may use it
 */
function isOfAllTests({ role, testsOnly }) {
  return role === 'shared' && testsOnly === true;
}

/**
 * @param {Layer} upper
 * @param {Layer} lower
 * @param {readonly Layer[]} layers
 * @returns {boolean} whether `upper` uses `lower`, directly or through others
 */
function standsOn(upper, lower, layers) {
  return mayUse(upper, layers).some((name) => {
    if (name === lower.name) return true;
    const next = layerNamed(name, layers);
    return next !== undefined && standsOn(next, lower, layers);
  });
}
