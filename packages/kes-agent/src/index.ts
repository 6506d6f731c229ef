/**
 * An agent that holds the KES key of a Cardano pool in locked memory and hands it to nodes over sockets, and its clients.
 *
 * @module
 */
export { ProtocolError, type ProtocolProblem } from './errors.js';
