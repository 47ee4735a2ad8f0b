package io.sparktron.gpucheck;

import io.sparktron.kernels.check.Roundoff;
import io.sparktron.model.ModelConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What it means that two layouts, or two devices, train the same model (plan, section 3), for losses and gradient norms alike. At step 1 they differ by no more than rounding
 * explains; from then on by no more than 4 times as much as 8 runs on one rank have strayed whose weights were moved by one unit in the last place. In 16 bits that holds of
 * step 1 too: there the worst that roundings could do, all in one direction, is hundreds of times what they do, and would hide a missing sum.
 */
public final class Agreement {
    /** So many runs are made from disturbed weights. */
    public static final int DISTURBED_RUNS = 8;

    private static final int SPREADS = 4;

    private final List<TrainStep.Outcome> reference;
    private final double[] losses; // largest legal distance by step
    private final double[] norms;

    private Agreement(List<TrainStep.Outcome> reference, double[] losses, double[] norms) {
        this.reference = reference;
        this.losses = losses;
        this.norms = norms;
    }

    /**
     * From runs on one rank.
     *
     * @param globalBatch samples of a step
     * @param reference the undisturbed run
     * @param disturbed {@link #DISTURBED_RUNS} others
     */
    public static Agreement of(
            ModelConfig model,
            Precision precision,
            int globalBatch,
            List<TrainStep.Outcome> reference,
            List<? extends List<TrainStep.Outcome>> disturbed) {
        double[] losses = new double[reference.size()];
        double[] norms = new double[reference.size()];
        for (List<TrainStep.Outcome> run : disturbed) {
            stray(reference, run, TrainStep.Outcome::loss, losses);
            stray(reference, run, TrainStep.Outcome::norm, norms);
        }
        Rounding rounding = Rounding.of(model, precision, globalBatch);
        double loss = rounding.loss();
        double norm = rounding.norm() * reference.get(0).norm();
        boolean strays =
                precision != Precision.FP32; // there a step strays by few units in the last place of its loss, or none
        losses[0] = strays ? Math.min(loss, losses[0]) : loss;
        norms[0] = strays ? Math.min(norm, norms[0]) : norm;
        return new Agreement(reference, losses, norms);
    }

    public List<TrainStep.Outcome> reference() {
        return reference;
    }

    /**
     * How much of a bound another run uses.
     *
     * @param step from 1
     * @param quantity loss or norm
     * @param share more than 1, or not a number, if it does not agree
     */
    public record Share(int step, String quantity, double share) {
        /** Whether it is legal. */
        public boolean agrees() {
            return share < 1;
        }

        @Override
        public String toString() {
            return quantity + " of step " + step + " uses " + share + " of its bound";
        }
    }

    /** The largest share that another run of as many steps uses; one that is not a number counts as largest. */
    public Share worst(List<TrainStep.Outcome> other) {
        if (other.size() != reference.size()) {
            throw new IllegalArgumentException(
                    other.size() + " steps against " + reference.size() + " of the reference");
        }
        List<Share> shares = new ArrayList<>();
        for (int step = 0; step < reference.size(); step++) {
            double loss = distance(reference, other, TrainStep.Outcome::loss, step) / losses[step];
            double norm = distance(reference, other, TrainStep.Outcome::norm, step) / norms[step];
            shares.add(new Share(step + 1, "loss", loss));
            shares.add(new Share(step + 1, "norm", norm));
        }
        return shares.stream().max(Comparator.comparingDouble(Share::share)).orElseThrow();
    }

    /** Raises the bounds of the steps after the first to 4 times the furthest that a disturbed run has been by then. */
    private static void stray(
            List<TrainStep.Outcome> reference,
            List<TrainStep.Outcome> disturbed,
            ToDoubleFunction<TrainStep.Outcome> what,
            double[] bounds) {
        double furthest = 0;
        for (int step = 0; step < reference.size(); step++) {
            furthest = Math.max(furthest, distance(reference, disturbed, what, step));
            bounds[step] = Math.max(bounds[step], SPREADS * furthest);
        }
    }

    private static double distance(
            List<TrainStep.Outcome> a, List<TrainStep.Outcome> b, ToDoubleFunction<TrainStep.Outcome> what, int step) {
        return Math.abs(what.applyAsDouble(a.get(step)) - what.applyAsDouble(b.get(step)));
    }

    /**
     * First-order bounds of what rounding does to the first step of each of two runs: unit roundoff times how often it strikes an element on its way.
     *
     * @param sums lengths of the float32 sums that an element passes, one after the other, on its way to the loss
     * @param stores how often it is rounded to the type of activations
     * @param roundoff of that type
     */
    private record Rounding(double sums, double stores, double roundoff, double rows, double vocabulary, boolean bert) {
        /** A layer stores 10 tensors (two norms, query-key-value twice, heads, two products and two sums with the residual, MLP twice), and adds up to 4 parts twice. */
        private static final int STORES_OF_A_LAYER = 10 + 2 * 3;
        /** The embedding's parts, positions, dropout; final norm; logits. */
        private static final int OTHER_STORES = 3 + 2 + 1 + 1;
        /** Of BERT's heads: before and after GELU, norm, logits with their bias. */
        private static final int STORES_OF_HEADS = 4;

        /** Of random weights, nats. */
        double magnitude() {
            return Math.log(vocabulary) + (bert ? Math.log(2) : 0);
        }

        /**
         * In every layer h (norm), h (query), d (score), s (softmax), s (values), h (output), h (norm), h and 4h (MLP), then h (norm), h and V (loss); in BERT's
         * heads 2h (products) and h (norm).
         */
        static Rounding of(ModelConfig model, Precision precision, int globalBatch) {
            boolean bert = model.family() == ModelConfig.Family.BERT;
            int h = model.hidden();
            int layer = 9 * h + model.headSize() + 2 * model.sequence();
            return new Rounding(
                    model.layers() * layer + 2 * h + model.vocabulary() + (bert ? 3 * h : 0),
                    model.layers() * STORES_OF_A_LAYER + OTHER_STORES + (bert ? STORES_OF_HEADS : 0),
                    Roundoff.unit(precision.type()),
                    (double) globalBatch * model.sequence(),
                    model.vocabulary(),
                    bert);
        }

        /** Of the loss: each side's relative error, times the magnitude of a loss of random weights. */
        double loss() {
            return 2 * (Roundoff.FLOAT32 * sums + roundoff * stores) * magnitude();
        }

        /** Of the norm, relative: forward, backward, and the sum over a batch's rows. */
        double norm() {
            return 2 * (Roundoff.FLOAT32 * (2 * sums + rows) + roundoff * 2 * stores);
        }
    }
}
