/**
 * How the ranks of a job exchange tensors. {@link io.sparktron.collective.Communicator} is one rank's end of a group;
 * transports stand behind it. A sum adds x0 + x1 + ... in rank order whatever the transport, size and algorithm, so an all-reduce equals
 * a reduce-scatter followed by an all-gather bit for bit.
 *
 * <p>Where to look: {@code GroupCommunicator} is what all transports have in common, and {@code Pieces} what a collective means. A
 * {@code Transport} has two parts: a {@code Meeting}, where ranks agree on what they do and small operands travel ({@code GroupSlots} on one host,
 * {@code SocketMeeting} across hosts), and a {@code Bulk}, which moves large ones ({@code SharedBulk}, {@code SocketBulk}). {@code World} is
 * what all groups of a rank share: its peers, its memory ({@code Segments}), its connections ({@code Links} for data, {@code Signals} for
 * progress, leaving and the cause to stop). {@code Opening} makes it, through a {@code Gate} that lets in who shows a {@code Proof}.
 * {@code Patience} says when waiting is in vain.
 */
package io.sparktron.collective;
