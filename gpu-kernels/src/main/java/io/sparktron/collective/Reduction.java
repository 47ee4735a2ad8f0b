package io.sparktron.collective;

/** How a collective combines elements; applied in rank order 0, 1, 2 ... */
public enum Reduction {
    SUM,
    MAX
}
