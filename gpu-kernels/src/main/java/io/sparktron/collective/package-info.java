/**
 * How the ranks of a job exchange tensors. {@link io.sparktron.collective.Communicator} is one rank's end of a group;
 * transports stand behind it. A sum adds x0 + x1 + ... in rank order whatever the transport, size and algorithm, so an all-reduce equals
 * a reduce-scatter followed by an all-gather bit for bit.
 */
package io.sparktron.collective;
