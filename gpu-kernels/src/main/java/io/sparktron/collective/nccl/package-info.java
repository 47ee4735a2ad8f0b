/**
 * Collectives of GPUs, carried by NCCL. {@link io.sparktron.collective.nccl.NcclCommunicator} stands on the communicator of the same ranks' hosts: ranks
 * exchange NCCL's ids over it, and learn from it that a peer has aborted, died or left, which NCCL within a host does not tell.
 *
 * <p>{@code NcclRank} is what all communicators of a rank share: its GPU, the thread that watches, and the one cause for which all stop. Sums are added in NCCL's
 * own order, 16-bit numbers are rounded at each rank, and a maximum may pass over NaN.
 */
package io.sparktron.collective.nccl;
