package io.sparktron.parallel;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How ranks are arranged: {@code data} copies of the model, each split over {@code tensor} ranks. Rank r is number r mod tensor of its tensor group
 * and number r div tensor of its data group (paper, section 3 and Fig. 8).
 *
 * @param tensor ranks that one layer is split over
 * @param data copies of the model
 * @param sequence whether the ranks of a tensor group also share the rows of what they would otherwise each hold whole: layer norms, dropout and residual
 *     (Korthikanti et al. 2022)
 * @param shardedOptimizer whether the ranks of a data group share the optimizer's state (ZeRO-1, Rajbhandari et al. 2020)
 */
public record Layout(int tensor, int data, boolean sequence, boolean shardedOptimizer) implements Serializable {
    private static final int MOST_RANKS = 1 << 20;

    public Layout {
        if (!isLegal(tensor, data)) {
            throw new InvalidInputException("parallel.tensor x parallel.data = " + tensor + " x " + data
                    + ", must each be at least 1, and together at most " + MOST_RANKS + " ranks");
        }
    }

    /** Whether there can be so many ranks. */
    public static boolean isLegal(int tensor, int data) {
        return tensor >= 1 && data >= 1 && (long) tensor * data <= MOST_RANKS;
    }

    /** Every layer split, everything else whole on every rank. */
    public Layout(int tensor, int data) {
        this(tensor, data, false, false);
    }

    /** The same choices with tensor groups of another size. */
    public Layout withTensor(int other) {
        return new Layout(other, data, sequence, shardedOptimizer);
    }

    public int ranks() {
        return tensor * data;
    }

    /** A sentence for each choice that makes no difference at these sizes. */
    public List<String> idleChoices() {
        List<String> idle = new ArrayList<>();
        if (sequence && tensor == 1) {
            idle.add("parallel.sequence = true, but at parallel.tensor = 1 every rank has all rows for itself");
        }
        if (shardedOptimizer && data == 1) {
            idle.add("parallel.optimizer-sharding = true, but at parallel.data = 1 there is nobody to share with");
        }
        return idle;
    }

    @Override
    public String toString() {
        return "tensor " + tensor + " x data " + data
                + (sequence ? ", sequence parallel" : "")
                + (shardedOptimizer ? ", sharded optimizer" : "");
    }
}
