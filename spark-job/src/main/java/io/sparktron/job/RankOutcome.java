package io.sparktron.job;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * The result of a barrier task.
 *
 * @param result what the program returned, Java-serialized: its class is known to the program, not to Spark
 */
record RankOutcome(int rank, byte[] result) {

    /** Kryo cannot set the fields of a record. */
    static final class KryoForm extends Serializer<RankOutcome> {
        @Override
        public void write(Kryo kryo, Output output, RankOutcome outcome) {
            output.writeInt(outcome.rank, true);
            output.writeInt(outcome.result.length, true);
            output.writeBytes(outcome.result);
        }

        @Override
        public RankOutcome read(Kryo kryo, Input input, Class<RankOutcome> type) {
            int rank = input.readInt(true);
            return new RankOutcome(rank, input.readBytes(input.readInt(true)));
        }
    }
}
