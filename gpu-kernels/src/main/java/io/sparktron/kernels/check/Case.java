package io.sparktron.kernels.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Calls on operands that are made, and the bound of each of their results. */
public final class Case {
    private final Consumer<Bench> calls;
    private final Map<String, Bound> bounds = new LinkedHashMap<>();
    private final Map<String, String> sources = new LinkedHashMap<>();

    /**
     * @param calls enqueues the same calls on any backend
     */
    public Case(Consumer<Bench> calls) {
        this.calls = calls;
    }

    /** Says how far result {@code name} may be from the oracle's. */
    public Case within(String name, Bound bound) {
        bounds.put(name, bound);
        return this;
    }

    /** Says that result {@code name} has the oracle's bits. */
    public Case exact(String name) {
        return within(name, Bound.EXACT);
    }

    /** Says that result {@code name} is, bit for bit, another result of the same run rounded to its own type. */
    public Case rounded(String name, String source) {
        sources.put(name, source);
        return exact(name);
    }

    Consumer<Bench> calls() {
        return calls;
    }

    Map<String, Bound> bounds() {
        return bounds;
    }

    /** The result that another one is rounded from, for those that are. */
    Map<String, String> sources() {
        return sources;
    }
}
