package io.sparktron.checkpoint;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Collective.Broadcast;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How ranks find out whether all of them could do their part, and what went wrong where one could not. */
final class Agreement {
    /** Words of a message; what is longer is cut. */
    private static final int MESSAGE = 512;

    /** Bytes before the text: its length, and whether it tells of input and output. */
    private static final int HEADER = 2 * Integer.BYTES;

    private final Communicator world;
    private final Queue queue;

    Agreement(Communicator world, Queue queue) {
        this.world = world;
        this.queue = queue;
    }

    /**
     * What went wrong on one rank.
     *
     * @param inputOutput whether a file system or network did not do what it should, rather than a program
     */
    record Failure(String words, boolean inputOutput) {}

    /**
     * Every rank calls it, and all get the same answer: the failure of the lowest rank that has one.
     *
     * @param ours what went wrong on this rank, or null
     */
    Optional<Failure> failure(Failure ours) {
        try (Memory memory = world.allocator().allocate("agreement", (long) (1 + MESSAGE) * Integer.BYTES)) {
            Tensor flag = new Tensor(memory, 0, DType.FLOAT32, Shape.of(1));
            ByteBuffer value = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            // The largest is that of the lowest rank; exact up to 2^24 ranks.
            queue.write(value.putFloat(0, ours == null ? 0 : world.size() - world.rank()), flag);
            world.run(new AllReduce(Reduction.MAX, flag), queue);
            queue.read(flag, value);
            int largest = (int) value.getFloat(0);
            if (largest == 0) {
                return Optional.empty();
            }
            Tensor message = new Tensor(memory, Integer.BYTES, DType.INT32, Shape.of(MESSAGE));
            return Optional.of(tell(world.size() - largest, ours == null ? new Failure("", false) : ours, message));
        }
    }

    /** Sends {@code root}'s words to all. */
    private Failure tell(int root, Failure ours, Tensor message) {
        byte[] bytes = ours.words().getBytes(StandardCharsets.UTF_8);
        ByteBuffer words = ByteBuffer.allocate((int) message.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.min(bytes.length, words.capacity() - HEADER);
        words.putInt(length)
                .putInt(ours.inputOutput() ? 1 : 0)
                .put(bytes, 0, length)
                .clear();
        queue.write(words, message);
        world.run(new Broadcast(root, message), queue);
        queue.read(message, words);
        return new Failure(
                new String(words.array(), HEADER, words.getInt(0), StandardCharsets.UTF_8),
                words.getInt(Integer.BYTES) == 1);
    }
}
