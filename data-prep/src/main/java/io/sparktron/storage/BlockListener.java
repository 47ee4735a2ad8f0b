package io.sparktron.storage;

/** Hears of each block of a file that was read or written, so that whoever waits can tell a slow file system from one that hangs. */
@FunctionalInterface
public interface BlockListener {
    /** For what nobody waits for. */
    BlockListener NONE = () -> {};

    void blockPassed();
}
