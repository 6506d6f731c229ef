/** The epochs of the known networks. */
import type { NetworkName } from '../period/networks.js';
import { epochParameters, type EpochParameters } from './parameters.js';

const nonce = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const mainnet = epochParameters({
  genesisHash: nonce('1a3be38bcbb7911969283716ad7aa550250226b76a61fc51cc9a9a35d9276d81'),
  slotsPerEpoch: 432_000,
  securityParameter: 2_160,
  activeSlotsCoefficient: 0.05,
  firstSlot: 4_492_800,
  firstEpoch: 208,
  extraEntropy: {
    epoch: 259n,
    entropy: nonce('d982e06fd33e7440b43cefad529b7ecafbaa255e38178ad4189a37e4ce9bf1fa'),
  },
});

const preprod = epochParameters({
  genesisHash: nonce('162d29c4e1cf6b8a84f2d692e67a3ac6bc7851bc3e6e4afe64d15778bed8bd86'),
  slotsPerEpoch: 432_000,
  securityParameter: 2_160,
  activeSlotsCoefficient: 0.05,
  firstSlot: 86_400,
  firstEpoch: 4,
});

const preview = epochParameters({
  genesisHash: nonce('363498d1024f84bb39d3fa9593ce391483cb40d479b87233f868d6e57c3a400d'),
  slotsPerEpoch: 86_400,
  securityParameter: 432,
  activeSlotsCoefficient: 0.05,
});

/** The epochs of the known networks, by name. */
export const epochsByName: Readonly<Record<NetworkName, EpochParameters>> = {
  mainnet,
  preprod,
  preview,
};
