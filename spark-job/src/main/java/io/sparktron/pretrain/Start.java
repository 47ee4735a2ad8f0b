package io.sparktron.pretrain;

import java.io.Serializable;

/** What the ranks' state is before their first step. */
public sealed interface Start extends Serializable {
    /** Updates made before. */
    default long step() {
        return 0;
    }

    /** Samples consumed before. */
    default long consumed() {
        return 0;
    }

    /** For a line of the log. */
    String describe();

    /** Weights drawn from the seed. */
    record Fresh() implements Start {
        @Override
        public String describe() {
            return "new run, weights drawn from train.seed";
        }
    }

    /** The weights, and nothing else, of a checkpoint of another run. */
    record Weights(String checkpoint) implements Start {
        @Override
        public String describe() {
            return "new run, weights of " + checkpoint;
        }
    }

    /** Where a checkpoint of this run stands. */
    record Resumed(String checkpoint, long step, long consumed) implements Start {
        @Override
        public String describe() {
            return "goes on after step " + step + ", from " + checkpoint;
        }
    }
}
