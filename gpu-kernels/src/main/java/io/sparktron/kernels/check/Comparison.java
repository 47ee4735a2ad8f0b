package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import java.util.Map;

/** Runs of a check's calls against the oracle's and against each other: the first thing that is off, and the largest share of a bound that was used. */
final class Comparison {
    private final Map<String, Bound> bounds;
    private final Map<String, String> sources;
    private final HostTensors host;
    private final Results expected;
    private String run = "";
    private String problem = "";
    private double share;

    /**
     * @param host makes what is expected of results that are others rounded
     * @param expected what the oracle has left
     */
    Comparison(Case made, HostTensors host, Results expected) {
        Map<String, Bound> bounds = made.bounds();
        if (!bounds.keySet().equals(expected.names())) {
            throw new IllegalArgumentException("bounds for " + bounds.keySet() + ", results are " + expected.names());
        }
        this.bounds = bounds;
        this.sources = made.sources();
        this.host = host;
        this.expected = expected;
    }

    /** What distinguishes the runs that follow, for people. */
    void inRun(String words) {
        run = words;
    }

    double share() {
        return share;
    }

    String problem() {
        return problem;
    }

    /** Keeps the first problem. */
    void problem(String found) {
        if (problem.isEmpty()) {
            problem = found.strip().replaceAll("\\s*\\R\\s*", " ") + run;
        }
    }

    /** Holds a run against the oracle's. */
    void compare(Results actual) {
        for (String name : expected.names()) {
            Bound bound = bounds.get(name);
            Tensor theirs = expected(name, actual);
            Tensor ours = actual.get(name);
            double worst = 0;
            String words = "";
            for (long i = 0; i < theirs.elements(); i++) {
                double used = share(bound, ours, theirs, i);
                if (used > worst) {
                    worst = used;
                    words = words(name, ours, theirs, i, used, bound);
                }
            }
            share = Math.max(share, worst);
            if (worst > 1) {
                problem(words);
            }
        }
    }

    private Tensor expected(String name, Results actual) {
        Tensor oracles = expected.get(name);
        return sources.containsKey(name) ? host.map(actual.get(sources.get(name)), oracles.type(), v -> v) : oracles;
    }

    private double share(Bound bound, Tensor ours, Tensor theirs, long i) {
        double a = Elements.get(ours, i);
        double e = Elements.get(theirs, i);
        if (Double.doubleToLongBits(a) == Double.doubleToLongBits(e)) {
            return 0;
        }
        if (bound == Bound.EXACT) {
            return Double.POSITIVE_INFINITY;
        }
        double distance = Math.abs(a - e);
        double legal = bound.at(expected, i) + Roundoff.stores(theirs.type(), a, e);
        // Written so that what is not a number, on either side, is not legal.
        return distance <= legal ? (distance == 0 ? 0 : distance / legal) : illegal(distance, legal);
    }

    private static double illegal(double distance, double legal) {
        double times = distance / legal;
        return times > 1 ? times : Double.POSITIVE_INFINITY;
    }

    private String words(String name, Tensor ours, Tensor theirs, long i, double used, Bound bound) {
        String legal = bound == Bound.EXACT ? "must be exactly " : "must be ";
        return String.format(
                "%s[%d] of %s is %s, %s%s%s",
                name,
                i,
                theirs.shape(),
                Elements.get(ours, i),
                legal,
                Elements.get(theirs, i),
                Double.isInfinite(used) ? "" : String.format(": off by %.3g times the bound", used));
    }

    /** Holds two runs on the same operands against each other. */
    void compareBits(Results first, Results second) {
        for (String name : expected.names()) {
            for (long i = 0; i < first.get(name).elements(); i++) {
                double a = first.get(name, i);
                double b = second.get(name, i);
                if (Double.doubleToLongBits(a) != Double.doubleToLongBits(b)) {
                    problem(String.format("%s[%d] is %s in one run and %s in the next", name, i, a, b));
                }
            }
        }
    }
}
