package io.sparktron.pretrain;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How all ranks act at the same step on what one of them hears of. Once a step each casts its votes; every rank then counts the same: a question is answered yes if
 * any rank said so. One all-reduce over the world of a few numbers, in the order of the step's other collectives.
 */
final class Ballot implements AutoCloseable {
    /** What is voted on. */
    enum Question {
        /** Should the run save and end after this step? */
        STOP,
        /** Is a shard of the pending save still being written? */
        WRITING
    }

    private static final int QUESTIONS = Question.values().length;

    private final Communicator world;
    private final Queue queue;
    private final Memory memory;
    private final Tensor votes; // FLOAT32 [QUESTIONS]
    private final ByteBuffer host = ByteBuffer.allocate(QUESTIONS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * @param queue of the device whose memory the world's collectives take
     */
    Ballot(Communicator world, Queue queue) {
        this.world = world;
        this.queue = queue;
        this.memory = world.allocator().allocate("ballot", host.capacity());
        this.votes = new Tensor(memory, 0, DType.FLOAT32, Shape.of(QUESTIONS));
    }

    /** This rank's answer, for the next {@link #cast}. */
    Ballot vote(Question question, boolean yes) {
        host.putFloat(question.ordinal() * Float.BYTES, yes ? 1 : 0);
        return this;
    }

    /** Enqueues the vote; every rank calls it at the same step. */
    void cast() {
        queue.write(host, votes);
        world.run(new AllReduce(Reduction.MAX, votes), queue);
    }

    /** Waits for the vote that was cast. */
    void count() {
        queue.read(votes, host);
    }

    /** Whether any rank said yes in the vote that was counted. */
    boolean carried(Question question) {
        return host.getFloat(question.ordinal() * Float.BYTES) != 0;
    }

    @Override
    public void close() {
        memory.close();
    }
}
