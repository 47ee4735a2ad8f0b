package io.sparktron.collective;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * What an all-reduce between two ranks is measured against: the same bytes, once in each direction at once, over a plain connection
 * between the same two processes, from and into memory outside the heap; nothing is added, checked or agreed.
 */
final class PlainCopy implements AutoCloseable {
    private static final int CHUNK = 1 << 18;

    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;

    private PlainCopy(SocketChannel channel, int bytes) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        this.out = HostMemory.allocate("out", bytes).window(0).duplicate();
        this.in = HostMemory.allocate("in", bytes).window(0).duplicate();
    }

    /** Connects ranks 0 and 1. */
    static PlainCopy open(Communicator world, Queue queue, int bytes) throws IOException {
        Tensor port = new Tensor(HostMemory.allocate("port", 4), 0, DType.INT32, Shape.of(1));
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            if (world.rank() == 0) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Elements.setInt(port, 0, ((InetSocketAddress) listener.getLocalAddress()).getPort());
            }
            world.run(new Collective.Broadcast(0, port), queue);
            if (world.rank() == 0) {
                return new PlainCopy(listener.accept(), bytes);
            }
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Elements.getInt(port, 0));
            return new PlainCopy(SocketChannel.open(address), bytes);
        }
    }

    /** Sends and receives {@code bytes} bytes. */
    void exchange(int bytes) throws IOException {
        int sent = 0;
        int received = 0;
        while (sent < bytes || received < bytes) {
            int moved = 0;
            if (sent < bytes) {
                out.limit(Math.min(bytes, sent + CHUNK)).position(sent);
                moved = channel.write(out);
                sent += moved;
            }
            if (received < bytes) {
                in.limit(Math.min(bytes, received + CHUNK)).position(received);
                int now = channel.read(in);
                if (now < 0) {
                    throw new EOFException();
                }
                received += now;
                moved += now;
            }
            if (moved == 0) {
                Thread.yield();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
