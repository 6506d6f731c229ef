/** `kes agent run`: an agent, until a signal. */
import type { RunFlags } from '../agent/run/settings.js';
import { withRunOptions } from '../agent/run/flags.js';
import type { Definition, Invocation } from '@evolock/command-line/command';

export const runCommand: Definition = {
  text: `
    Runs an agent until a signal. It holds the KES key of a pool in locked memory and hands it to nodes and other agents on the service socket. The control socket takes the other commands of kes agent. Each setting is an option, or a variable of the reference agent (KES_AGENT_SERVICE_PATH, KES_AGENT_CONTROL_PATH, KES_AGENT_BOOTSTRAP_PATHS, KES_AGENT_COLD_VK, KES_AGENT_GENESIS_FILE, KES_AGENT_LOG_LEVEL, KES_AGENT_LOG_TARGET), or a key of the TOML file. An option wins over a variable, a variable over the file. The options of the reference agent work too. SIGTERM and SIGINT wipe the keys and end the agent. SIGHUP reads the configuration, the cold key and the genesis file again, and keeps the keys.

    # An agent for one machine
    $ kes agent run --service /run/kes-agent/service.socket --control /run/kes-agent/control.socket --cold-vkey cold.vkey --network mainnet
    # All settings in a file
    $ kes agent run --config /etc/kes-agent/kes-agent.toml`,
  options: withRunOptions,
  run: async ({ session }: Invocation, flags: RunFlags) => {
    // The code of the agent is loaded by the commands that use it only.
    const { runAgent } = await import('../agent/run/run.js');
    await runAgent(session, flags);
  },
};
