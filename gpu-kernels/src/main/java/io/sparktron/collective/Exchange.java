package io.sparktron.collective;

import java.time.Duration;

/** Moves the flows of several links at once, and does what can be done meanwhile, until all is done. */
final class Exchange {
    /** How long a connection may be broken before the signals of its peer have said why. */
    private static final long EXPLAIN_WITHIN = Duration.ofSeconds(2).toNanos();

    private final World world;
    private final Group group;
    private final SocketMeeting meeting;
    private final Link[] links;
    private final Patience patience;

    /**
     * @param links by rank of the group; null for ranks of this host
     */
    Exchange(World world, Group group, SocketMeeting meeting, Link[] links) {
        this.world = world;
        this.group = group;
        this.meeting = meeting;
        this.links = links;
        // A look at a socket is a system call: yielding between two costs no more than spinning.
        this.patience = new Patience(world, group, false);
    }

    /** What is done between moves. */
    interface Work {
        Work NONE = () -> false;

        /** Does what can be done now; whether anything was. */
        boolean some();
    }

    void run(Request request, Work work) {
        patience.begin();
        while (true) {
            boolean moved = false;
            boolean done = true;
            for (Link link : links) {
                if (link != null && !link.done()) {
                    moved |= link.move();
                    done &= link.done();
                }
            }
            moved |= work.some();
            if (moved) {
                world.board().countProgress();
                world.failIfStopped(group.name());
                patience.begin();
            } else if (done) {
                patience.end();
                return;
            } else if (patience.pause()) {
                int peer = awaited();
                patience.check(peer, request, meeting.hasCome(peer), meeting.hasLeft(peer));
                failIfBroken(request);
            }
        }
    }

    /** The first rank from which something is missing, or else that takes nothing. */
    private int awaited() {
        int slow = -1;
        for (int peer = 0; peer < links.length; peer++) {
            if (links[peer] != null) {
                if (links[peer].in().waits()) {
                    return peer;
                }
                if (slow < 0 && links[peer].out().waits()) {
                    slow = peer;
                }
            }
        }
        if (slow < 0) {
            throw new IllegalStateException("group " + group.name() + ": rank " + group.rank() + " waits for nobody");
        }
        return slow;
    }

    private void failIfBroken(Request request) {
        if (patience.waited() < EXPLAIN_WITHIN) {
            return;
        }
        for (int peer = 0; peer < links.length; peer++) {
            if (links[peer] != null && links[peer].broken() != null) {
                throw new CommunicatorException("group " + group.name() + ": the connection with rank " + peer + " ("
                        + world.describe(group.ranks()[peer]) + ") is broken: " + links[peer].broken() + "; rank "
                        + group.rank() + " waits for it in " + request);
            }
        }
    }
}
