package io.sparktron.collective;

/**
 * Large operands between ranks of one host, in memory that all of them map: they are read, and in an all-reduce written, where they lie.
 * Rank i reduces the i-th share of all and writes it to all.
 */
final class SharedBulk implements Bulk {
    private final Group group;
    private final GroupSlots slots;
    private final Pieces pieces;

    SharedBulk(Group group, GroupSlots slots, Pieces pieces) {
        this.group = group;
        this.slots = slots;
        this.pieces = pieces;
    }

    @Override
    public boolean exchange(Collective operation, Request request) {
        Span[] tensors = tensors(request);
        if (tensors == null) {
            return false;
        }
        if (operation instanceof Collective.AllReduce all) {
            long first = Pieces.share(request.elements(), group.size(), group.rank());
            long end = Pieces.share(request.elements(), group.size(), group.rank() + 1);
            Span[] shares = Span.plus(tensors, first * request.type().bytes());
            pieces.reducer(request.type()).reduce(all.reduction(), shares, shares, end - first);
        } else {
            pieces.receive(operation, group.rank(), tensors, 0, request.elements());
        }
        // Tells that no peer reads or writes this rank's tensors any more.
        slots.step(request, 0);
        return true;
    }

    /** All ranks' exposed tensors where they lie; null if one that is needed cannot be reached. */
    private Span[] tensors(Request request) {
        Span[] tensors = new Span[group.size()];
        for (int peer = 0; peer < group.size(); peer++) {
            if (request.sends(peer)) {
                tensors[peer] = slots.tensor(peer, request);
                if (tensors[peer] == null) {
                    return null;
                }
            }
        }
        return tensors;
    }
}
