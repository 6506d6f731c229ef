/** The verifier of block headers, without native code, as the cases drive it. */
import { kesParameters, slot, verifyHeader } from '@evolock/cardano-headers';
import type { HeaderExpectation, HeaderImplementation } from '@evolock/test-vectors';

/** Gives each member of a verdict that the vectors have. */
export const headers: HeaderImplementation = {
  verify({ header, network, epochNonce, now }) {
    const anchor = { ...network.anchor, slot: slot(network.anchor.slot) };
    const verdict = verifyHeader(header, kesParameters({ ...network, anchor }), {
      epochNonce,
      now,
    });
    const { result, failures, reasons } = verdict;
    const facts = { result, failures: codesOf(failures), reasons: codesOf(reasons) };
    if (verdict.header === undefined) return facts as HeaderExpectation;
    const { canonical, certificate, kesSignature, vrf } = verdict;
    const { hash } = verdict.header;
    return { ...facts, hash, canonical, certificate, kesSignature, vrf } as HeaderExpectation;
  },
};

const codesOf = (all: readonly { readonly code: string }[]) => all.map(({ code }) => code);
