/** The command `kes` with its table of commands. */
import { CHECKED, ExitCode, UNCHECKED } from '@evolock/command-line/errors';
import type { CommandTable, ProgramTree } from '@evolock/command-line/tree';
import { EndsSoon, FAILURES } from './errors.js';

/** The commands by their words, each group before its commands, under the headings of the help. */
const COMMANDS: CommandTable = {
  'Keys of a pool:': {
    keygen: {
      summary: 'Make a new KES key pair',
      load: async () => (await import('./keys/keygen.js')).keygenCommand,
    },
    vkey: {
      summary: 'Print or write the verification key of a signing key',
      load: async () => (await import('./keys/vkey.js')).vkeyCommand,
    },
    inspect: {
      summary: 'Show and check a file: a key, a certificate, a counter, a request',
      load: async () => (await import('./keys/inspect.js')).inspectCommand,
    },
    evolve: {
      summary: 'Evolve a signing key in its file, but not the key of a node',
      load: async () => (await import('./keys/evolve.js')).evolveCommand,
    },
    erase: {
      summary: 'Erase the file of a KES signing key that is over',
      load: async () => (await import('./keys/erase.js')).eraseCommand,
    },
    vrf: {
      summary: 'Make the VRF key pair of a pool',
      text: `
        # A new key pair
        $ kes vrf keygen --skey vrf.skey --vkey vrf.vkey`,
    },
    'vrf keygen': {
      summary: 'Make a new VRF key pair',
      load: async () => (await import('./keys/keygen.js')).vrfCommand,
    },
    cold: {
      summary: 'Make the cold key pair of a pool, and its counter',
      text: `
        # What does making one need?
        $ kes cold keygen --help`,
      exitCodes: UNCHECKED,
    },
    'cold keygen': {
      summary: 'Make a new cold key pair, and its counter from 0',
      load: async () => (await import('./keys/keygen.js')).coldCommand,
    },
  },
  'Certificates:': {
    opcert: {
      summary: 'Request and issue operational certificates',
      text: `
        # What does issuing one need?
        $ kes opcert issue --help
        # Is it signed by its cold key?
        $ kes inspect node.cert`,
    },
    'opcert request': {
      summary: 'Request the first certificate of a pool, for the machine with the cold key',
      load: async () => (await import('./certificates/request.js')).requestCommand,
    },
    'opcert issue': {
      summary: 'Issue an operational certificate with the cold key',
      load: async () => (await import('./certificates/opcert-issue.js')).issueCommand,
    },
    counter: {
      summary: 'Make and set the counter of a cold key',
      text: `
        Makes and sets the counter of a cold key, which gives each certificate its number. A number that is left out makes every later one too high.

        # Does the network accept its next number?
        $ kes inspect cold.counter --network mainnet --on-chain pool1qqqq3zyy.on-chain.json
        # How is a wrong counter set right?
        $ kes counter set --help`,
    },
    'counter new': {
      summary: 'Make the counter of a cold key again, for example a lost one',
      load: async () => (await import('./certificates/counter.js')).newCommand,
    },
    'counter set': {
      summary: 'Set the next number of a counter',
      load: async () => (await import('./certificates/counter.js')).setCommand,
    },
    rotate: {
      summary: 'Make the next KES key of a pool beside the old one, and request its certificate',
      load: async () => (await import('./rotation/rotate.js')).rotateCommand,
    },
    status: {
      summary: 'Show whether certificates are valid now, and for how long',
      load: async () => (await import('./status/status.js')).statusCommand,
    },
    period: {
      summary: 'Show the KES period of a network, and when it ends',
      load: async () => (await import('./network/period.js')).periodCommand,
    },
  },
  'Signatures, headers and messages:': {
    sign: {
      summary: 'Sign a file, or standard input, with a KES signing key',
      load: async () => (await import('./keys/sign.js')).signCommand,
    },
    verify: {
      summary: 'Verify a signature of a file or of standard input',
      load: async () => (await import('./keys/verify.js')).verifyCommand,
    },
    header: {
      summary: 'Verify and show block headers',
      text: `
        # Is it validly signed?
        $ kes header verify --network mainnet header.cbor
        # What does it contain?
        $ kes header inspect header.cbor`,
      exitCodes: [...CHECKED, ExitCode.incomplete],
    },
    'header verify': {
      summary: 'Verify the certificate, the KES signature and the VRF proofs of block headers',
      load: async () => (await import('./headers/verify.js')).headerVerifyCommand,
    },
    'header inspect': {
      summary: 'Show the content of block headers, and verify nothing',
      load: async () => (await import('./headers/inspect.js')).headerInspectCommand,
    },
    dmq: {
      summary: 'Sign, verify and inspect messages of CIP-137',
      text: `
        Messages of Cardano's decentralized message queue (CIP-137), which signers of Mithril use.

        # Does a node accept it?
        $ kes dmq verify --network mainnet message.dmq
        # What does signing one need?
        $ kes dmq sign --help`,
      exitCodes: [...CHECKED, ExitCode.incomplete],
    },
    'dmq sign': {
      summary: 'Make a message of a body, signed with the KES key of a pool',
      load: async () => (await import('./dmq/sign.js')).dmqSignCommand,
    },
    'dmq verify': {
      summary: 'Verify messages as a node of the queue does',
      load: async () => (await import('./dmq/verify.js')).dmqVerifyCommand,
    },
    'dmq inspect': {
      summary: 'Show the content of a message',
      load: async () => (await import('./dmq/message.js')).dmqInspectCommand,
    },
  },
  'The machine and its agent:': {
    doctor: {
      summary: 'Check whether this machine can keep a signing key',
      load: async () => (await import('./doctor/doctor.js')).doctorCommand,
    },
    agent: {
      summary: 'Run an agent that holds the KES key of a pool, and command it',
      text: `
        Runs an agent that holds the KES key of a pool in locked memory, and commands it. The key is generated in the agent, and is never in a file. The options and variables of the reference agent work too.

        # Run an agent
        $ kes agent run --config kes-agent.toml
        # Which key does it hold, and at which evolution?
        $ kes agent info --control /run/kes-agent/control.socket`,
    },
    'agent run': {
      summary: 'Run an agent, which holds the KES key of a pool in locked memory',
      load: async () => (await import('./agent/run/command.js')).runCommand,
    },
    'agent gen-staged-key': {
      summary: 'Let the agent generate a key, which waits for its certificate',
      load: async () => (await import('./agent/control/keys.js')).generateCommand,
    },
    'agent export-staged-vkey': {
      summary: 'Write the verification key of the staged key to a file',
      load: async () => (await import('./agent/control/keys.js')).exportCommand,
    },
    'agent install-key': {
      summary: 'Install the staged key with its certificate',
      load: async () => (await import('./agent/control/install.js')).installCommand,
    },
    'agent drop-staged-key': {
      summary: 'Let the agent drop the staged key',
      load: async () => (await import('./agent/control/keys.js')).dropStagedCommand,
    },
    'agent drop-key': {
      summary: 'Let the agent and its clients drop the installed key',
      load: async () => (await import('./agent/control/keys.js')).dropCommand,
    },
    'agent info': {
      summary: 'Show the keys of an agent, its KES period and its peers',
      load: async () => (await import('./agent/control/info.js')).infoCommand,
    },
  },
};

export const KES: ProgramTree = {
  name: 'kes',
  aliases: ['evolock-kes'],
  summary: 'Cardano KES keys, certificates and headers',
  text: `
    Cardano KES keys, certificates and headers. Signing keys are in locked memory only. No secret is taken from the command line or printed. Where another program is named kes, this command is evolock-kes.

    # Can this machine keep a key?
    $ kes doctor
    # At which period is a key?
    $ kes inspect kes.skey
    # Is a certificate valid now, and for how long?
    $ kes status --cert node.cert --network mainnet`,
  helpText: `
    # The same as kes sign --help
    $ kes help sign
    # A command of two words
    $ kes help opcert issue
    # The options that name a network
    $ kes help networks`,
  // Loaded with the code of networks, which most runs do not need.
  topics: { networks: async () => (await import('./network/network.js')).ABOUT_NETWORKS },
  commands: COMMANDS,
  failures: FAILURES,
  exitCodes: {
    [ExitCode.valid]: 'success, and what was checked is valid',
    [ExitCode.invalid]:
      "not valid: a signature, certificate, header or message, or a file's content",
    [ExitCode.usage]: 'the command cannot run with these arguments',
    [ExitCode.environment]: 'the system refuses: a file, a permission, a lock, the lock limit',
    [ExitCode.incomplete]: 'nothing is invalid, and not everything could be judged',
    [EndsSoon.warning]: 'valid, and a certificate ends in less than --warn-days',
    [EndsSoon.critical]: 'valid, and a certificate ends in less than --crit-days',
  },
};
