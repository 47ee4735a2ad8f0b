package io.sparktron.rank;

/** What the ranks of a program compute on: the {@code device.kind} of its settings, as far as their launcher has to know. */
public enum GpuUse {
    /** Processors; nobody looks for GPUs. */
    NEVER("host"),
    /** GPUs if every rank has one, processors if none has. */
    IF_ALL("auto"),
    /** GPUs, one of each rank's own. */
    ALWAYS("cuda");

    private final String kind;

    GpuUse(String kind) {
        this.kind = kind;
    }

    /** As {@code device.kind} has it. */
    @Override
    public String toString() {
        return kind;
    }
}
