package io.sparktron.collective;

import io.sparktron.tensor.Tensor;

/**
 * Large operands between ranks of several hosts: direct exchange. Every rank owns a share of a sum. It gets the share of all others, from
 * ranks of other hosts over the links and from those of its own in their memory; adds in rank order, block by block as the blocks arrive; and gives
 * the sum to all, block by block in the same ways. With one rank a host no algorithm moves fewer bytes.
 *
 * <p>Why nobody waits in a circle: a rank first sends what it has from the beginning, which its peer takes as long as it has room for more of that
 * peer; and of the slowest peer there is always room, for its blocks are what the sum waits for. What follows, sums, has a place of its own.
 */
final class SocketBulk implements Bulk {
    /** Bytes of each rank that are worth adding at a time. */
    private static final long BLOCK = 1 << 14;

    /** Bytes that a small operand may cost in all: about what the second step of a direct exchange costs; an estimate. */
    private static final int SMALL = 1 << 16;

    private final World world;
    private final Group group;
    private final SocketMeeting meeting;
    private final GroupSlots slots;
    private final Link[] links;
    /** Whether other ranks of the group run on the host of this one. */
    private final boolean[] accompanied;

    SocketBulk(World world, Group group, SocketMeeting meeting) {
        this.world = world;
        this.group = group;
        this.meeting = meeting;
        this.slots = meeting.slots();
        this.links = meeting.links();
        this.accompanied = new boolean[group.size()];
        for (int i = 0; i < accompanied.length; i++) {
            for (int j = 0; j < accompanied.length; j++) {
                accompanied[i] |= i != j && world.areTogether(group.ranks()[i], group.ranks()[j]);
            }
        }
    }

    /** Bytes up to which a tensor travels in one step. */
    static int small(int ranks) {
        return Math.max(1 << 10, SMALL / (ranks - 1));
    }

    @Override
    public boolean exchange(Collective operation, Request request) {
        for (int peer = 0; peer < group.size(); peer++) {
            if (accompanied[peer] && request.sends(peer) && !meeting.shared(peer)) {
                return false;
            }
        }
        for (Link link : links) {
            if (link != null) {
                link.in().clear();
                link.out().clear();
            }
        }
        meeting.exchange().run(request, plan(operation, request));
        if (slots != null) {
            // Tells that no peer of this host reads or writes this rank's tensors any more.
            slots.step(request, 0);
        }
        return true;
    }

    private Exchange.Work plan(Collective operation, Request request) {
        if (operation instanceof Collective.AllReduce all) {
            return allReduce(all, request);
        }
        if (operation instanceof Collective.ReduceScatter scatter) {
            return reduceScatter(scatter, request);
        }
        if (operation instanceof Collective.AllGather gather) {
            return allGather(gather, request);
        }
        return broadcast((Collective.Broadcast) operation, request);
    }

    private Exchange.Work allReduce(Collective.AllReduce all, Request request) {
        int width = request.type().bytes();
        long first = share(request, group.rank()) * width;
        long own = share(request, group.rank() + 1) * width - first;
        Span mine = Span.of(all.tensor()).plus(first);
        Span[] sources = new Span[group.size()];
        Span[] destinations = new Span[slots == null ? 1 : slots.members().length];
        int written = 0;
        for (int peer = 0; peer < group.size(); peer++) {
            if (links[peer] == null) {
                sources[peer] = peer == group.rank()
                        ? mine
                        : slots.tensor(peer, request).plus(first);
                destinations[written++] = sources[peer];
            } else {
                Flow out = links[peer].out();
                Flow in = links[peer].in();
                long start = share(request, peer) * width;
                long bytes = share(request, peer + 1) * width - start;
                Span theirs = Span.of(all.tensor()).plus(start);
                out.add(theirs, bytes);
                out.allow(bytes);
                out.add(mine, own);
                in.add(links[peer].ring(), own, Link.RING);
                in.add(theirs, bytes);
                sources[peer] = links[peer].ring();
            }
        }
        return new Summing(request, sources, destinations, own);
    }

    private Exchange.Work reduceScatter(Collective.ReduceScatter scatter, Request request) {
        long own = scatter.output().bytes();
        Span input = Span.of(scatter.input());
        Span[] sources = new Span[group.size()];
        for (int peer = 0; peer < group.size(); peer++) {
            if (links[peer] == null) {
                Span whole = peer == group.rank() ? input : slots.tensor(peer, request);
                sources[peer] = whole.plus(group.rank() * own);
            } else {
                links[peer].out().add(input.plus(peer * own), own);
                links[peer].out().allowAll();
                links[peer].in().add(links[peer].ring(), own, Link.RING);
                sources[peer] = links[peer].ring();
            }
        }
        return new Summing(request, sources, new Span[] {Span.of(scatter.output())}, own);
    }

    private Exchange.Work allGather(Collective.AllGather gather, Request request) {
        long bytes = gather.input().bytes();
        Span input = Span.of(gather.input());
        Span output = Span.of(gather.output());
        for (int peer = 0; peer < group.size(); peer++) {
            if (links[peer] != null) {
                links[peer].out().add(input, bytes);
                links[peer].out().allowAll();
                links[peer].in().add(output.plus(peer * bytes), bytes);
                links[peer].in().allowAll();
            }
        }
        return new Once(() -> {
            for (int peer = 0; peer < group.size(); peer++) {
                if (links[peer] == null) {
                    Span theirs = peer == group.rank() ? input : slots.tensor(peer, request);
                    theirs.copyTo(output.plus(peer * bytes), bytes);
                }
            }
        });
    }

    private Exchange.Work broadcast(Collective.Broadcast broadcast, Request request) {
        Tensor tensor = broadcast.tensor();
        if (broadcast.root() == group.rank()) {
            for (Link link : links) {
                if (link != null) {
                    link.out().add(Span.of(tensor), tensor.bytes());
                    link.out().allowAll();
                }
            }
            return Exchange.Work.NONE;
        }
        Link link = links[broadcast.root()];
        if (link != null) {
            link.in().add(Span.of(tensor), tensor.bytes());
            link.in().allowAll();
            return Exchange.Work.NONE;
        }
        return new Once(() -> slots.tensor(broadcast.root(), request).copyTo(Span.of(tensor), tensor.bytes()));
    }

    private long share(Request request, int index) {
        return Pieces.share(request.elements(), group.size(), index);
    }

    /** Work of this rank alone, done after the first bytes were sent. */
    private static final class Once implements Exchange.Work {
        private final Runnable work;
        private boolean done;

        Once(Runnable work) {
            this.work = work;
        }

        @Override
        public boolean some() {
            if (done) {
                return false;
            }
            done = true;
            work.run();
            return true;
        }
    }

    /** Adds this rank's share as the blocks of it arrive, and lets the sums go. */
    private final class Summing implements Exchange.Work {
        private final Request request;
        private final Span[] sources;
        private final Span[] destinations;
        private final long bytes;
        private long done;

        /**
         * @param sources by rank: its share, or the ring in which that arrives
         * @param bytes of the share
         */
        Summing(Request request, Span[] sources, Span[] destinations, long bytes) {
            this.request = request;
            this.sources = sources;
            this.destinations = destinations;
            this.bytes = bytes;
            makeRoom();
        }

        @Override
        public boolean some() {
            long arrived = bytes;
            for (Link link : links) {
                if (link != null) {
                    arrived = Math.min(arrived, link.in().moved());
                }
            }
            int width = request.type().bytes();
            long most = Math.min(bytes - done, Link.RING - done % Link.RING);
            long block = Math.min(most, (arrived - done) / width * width);
            if (block == 0 || block < BLOCK && block < most) {
                return false;
            }
            Span[] here = new Span[sources.length];
            for (int peer = 0; peer < here.length; peer++) {
                here[peer] = sources[peer].plus(links[peer] == null ? done : done % Link.RING);
            }
            world.pieces()
                    .reducer(request.type())
                    .reduce(request.reduction(), here, Span.plus(destinations, done), block / width);
            done += block;
            for (Link link : links) {
                if (link != null) {
                    link.out().allow(link.out().total() - bytes + done);
                }
            }
            makeRoom();
            return true;
        }

        private void makeRoom() {
            for (Link link : links) {
                if (link != null) {
                    link.in().allow(done + Link.RING >= bytes ? link.in().total() : done + Link.RING);
                }
            }
        }
    }
}
