package io.sparktron.collective;

/** What a rank sees of the state of another. */
interface Peer {
    /** Moves as long as that rank works. */
    long progress();

    /** For whom it waits since long, as a rank of the world; -1 for none. */
    int waitsFor();

    /** Why it can come no more although it did not say that it leaves, such as {@code died}; null while it can. */
    String lost();

    /** Whether it has said that it leaves the world. */
    boolean hasLeft();

    /** What an error should tell of the way to it; often empty. */
    String remark();
}
