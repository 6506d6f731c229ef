/**
 * What an algorithm is made of, for packages that make it again elsewhere.
 *
 * @module
 */
export { compositionOf, type KesComposition } from '@evolock/kes-single/composition';
