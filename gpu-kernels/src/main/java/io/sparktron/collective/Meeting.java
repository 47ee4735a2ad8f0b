package io.sparktron.collective;

import java.util.StringJoiner;

/**
 * Where the ranks of a group meet. A collective is a sequence of steps. In a step a rank writes a note (what it asks, and where its
 * operand lies) and perhaps a piece of data (into its mailbox), waits until all ranks have come, and reads what they wrote.
 */
interface Meeting {
    /** Bytes of a mailbox. */
    int MAILBOX = 1 << 16;

    /** Writes this rank's note for the next step. {@code operand} is null if it is not shared. */
    void post(Request request, Segment.Handle operand, long offset);

    /** This rank's mailbox for the next step. */
    Span outgoing();

    /**
     * Says that this rank has come to the next step, and waits for all others.
     *
     * @param mail bytes in the mailbox of every rank that {@link Request#sends} some
     */
    void step(Request request, int mail);

    /** How many steps this rank has come to. */
    long steps();

    /** A rank's mailbox in the step that was made last. */
    Span incoming(int peer);

    /** Whether a rank noted this request in the step that was made last. */
    boolean noted(int peer, Request request);

    /** What a rank noted in the step that was made last. */
    Request request(int peer);

    /** Whether a rank noted in the step made last that ranks of its host reach its operand. */
    boolean shared(int peer);

    /** The operand that a rank of this host noted in the step made last; null if it is not shared. */
    Segment.Handle operand(int peer);

    /** Byte of {@link #operand} at which the tensor starts. */
    long offset(int peer);

    /** Fails unless this rank is still in the group. */
    void requireMember();

    /** Says that this rank will make no further step. */
    void leave();

    /** Fails on all ranks, with the same words, unless all noted the same request. */
    default void requireAgreement(Group group, Request request) {
        boolean agree = true;
        for (int peer = 0; peer < group.size(); peer++) {
            agree &= noted(peer, request);
        }
        if (!agree) {
            StringJoiner asked = new StringJoiner(", ");
            for (int peer = 0; peer < group.size(); peer++) {
                asked.add("rank " + peer + " asks for " + request(peer));
            }
            throw new CommunicatorException(
                    "group " + group.name() + ": ranks ask for different collectives: " + asked);
        }
    }
}
