package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Objects;

/** A rank's data connections with all ranks of other hosts. */
final class Links implements AutoCloseable {
    private final HostMemory memory;
    private final Link[] links;
    private final String[] addresses;
    private final Span frame;

    /**
     * @param channels by rank of the world; null for ranks of this host
     * @param addresses at which the ranks are reached, likewise
     */
    Links(SocketChannel[] channels, String[] addresses) {
        int count = (int) Arrays.stream(channels).filter(Objects::nonNull).count();
        this.addresses = addresses;
        this.memory = HostMemory.allocate("links", Link.bytes(count + 1));
        this.links = new Link[channels.length];
        int index = 0;
        for (int peer = 0; peer < channels.length; peer++) {
            if (channels[peer] != null) {
                links[peer] = new Link(peer, channels[peer], memory, index++);
            }
        }
        this.frame = new Span(memory, Link.bytes(count));
    }

    /** The connection with a rank; null for ranks of this host. */
    Link link(int peer) {
        return links[peer];
    }

    String address(int peer) {
        return addresses[peer];
    }

    /** Room for this rank's note and mail. */
    Span frame() {
        return frame;
    }

    @Override
    public void close() {
        IOException first = null;
        for (Link link : links) {
            try {
                if (link != null) {
                    link.close();
                }
            } catch (IOException e) {
                first = e;
            }
        }
        memory.close();
        if (first != null) {
            throw new CommunicatorException("cannot close a connection: " + first, first);
        }
    }
}
