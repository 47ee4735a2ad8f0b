package io.sparktron.collective;

import java.util.stream.IntStream;

/**
 * What carries the collectives of one group.
 *
 * @param small bytes up to which a tensor travels in one step
 */
record Transport(Meeting meeting, Bulk bulk, int small) {
    /** On one host. Measured: up to here, copying a tensor twice costs no more than a second step. */
    private static final int SMALL_SHARED = 1 << 10;

    /**
     * Shared memory if all ranks of the group run on this host, else TCP between hosts and shared memory within.
     *
     * @param slots where the ranks of the group on this host meet; null if this rank is the only one of several that is here
     */
    static Transport of(World world, Group group, Segment.Handle slots) {
        int[] here = IntStream.range(0, group.size())
                .filter(peer -> world.isHere(group.ranks()[peer]))
                .toArray();
        GroupSlots shared = slots == null ? null : new GroupSlots(world, group, here, world.reach(slots));
        if (here.length == group.size()) {
            return new Transport(shared, new SharedBulk(group, shared, world.pieces()), SMALL_SHARED);
        }
        SocketMeeting meeting = new SocketMeeting(world, group, shared);
        return new Transport(meeting, new SocketBulk(world, group, meeting), SocketBulk.small(group.size()));
    }
}
