package io.sparktron.train;

import io.sparktron.collective.Collective;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a rank gives to the collectives of a group and gets from them.
 *
 * @param reduced all-reduces, and the bytes of what they add
 * @param scattered reduce-scatters, and the bytes of all that they add
 * @param gathered all-gathers, and the bytes of all that they bring together
 */
public record Exchange(Amount reduced, Amount scattered, Amount gathered) {
    static final Exchange NONE = new Exchange(Amount.NONE, Amount.NONE, Amount.NONE);

    /**
     * What operations of one kind move.
     *
     * @param operations their number
     * @param bytes of all of them
     */
    public record Amount(long operations, long bytes) {
        static final Amount NONE = new Amount(0, 0);

        Amount plus(Amount other) {
            return new Amount(operations + other.operations, bytes + other.bytes);
        }

        Amount times(int count) {
            return new Amount(operations * count, bytes * count);
        }
    }

    public Amount total() {
        return reduced.plus(scattered).plus(gathered);
    }

    /** All of them. */
    public long operations() {
        return total().operations;
    }

    /** Of all operations. */
    public long bytes() {
        return total().bytes;
    }

    public Exchange plus(Exchange other) {
        return new Exchange(
                reduced.plus(other.reduced), scattered.plus(other.scattered), gathered.plus(other.gathered));
    }

    public Exchange times(int count) {
        return new Exchange(reduced.times(count), scattered.times(count), gathered.times(count));
    }

    /** What there is of it, by the name of the operation. */
    public Map<String, Amount> named() {
        Map<String, Amount> named = new LinkedHashMap<>();
        named.put("all-reduce", reduced);
        named.put("reduce-scatter", scattered);
        named.put("all-gather", gathered);
        named.values().removeIf(amount -> amount.operations == 0);
        return named;
    }

    private static Exchange of(Collective operation) {
        if (operation instanceof Collective.AllReduce reduce) {
            return new Exchange(new Amount(1, reduce.tensor().bytes()), Amount.NONE, Amount.NONE);
        }
        if (operation instanceof Collective.ReduceScatter scatter) {
            return new Exchange(Amount.NONE, new Amount(1, scatter.input().bytes()), Amount.NONE);
        }
        if (operation instanceof Collective.AllGather gather) {
            return new Exchange(
                    Amount.NONE, Amount.NONE, new Amount(1, gather.output().bytes()));
        }
        throw new IllegalStateException(
                operation + " in a step, which is made of all-reduces, reduce-scatters and all-gathers");
    }

    /** Adds up what one group is asked for. */
    static final class Count implements Consumer<Collective> {
        private final boolean alone;
        private Exchange sum = NONE;

        /**
         * @param ranks of the group: one has nobody to exchange with
         */
        Count(int ranks) {
            this.alone = ranks == 1;
        }

        @Override
        public void accept(Collective operation) {
            sum = alone ? NONE : sum.plus(of(operation));
        }

        /** What came since this was asked last. */
        Exchange take() {
            Exchange taken = sum;
            sum = NONE;
            return taken;
        }
    }
}
