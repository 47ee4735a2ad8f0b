package io.sparktron.rank;

/** A job that ended because a rank did; the message names rank, host and first cause, not the peers that lost it. */
public final class RankFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What ended the first rank, as far as it decides whether the same program may succeed when it is run again. */
    public enum Kind {
        /** Its process, executor or host is gone, or it did not go on. */
        LOST(true),
        /** A file system or network did not do what it should. */
        INPUT_OUTPUT(true),
        /** Its program would need more memory than there is. */
        OUT_OF_MEMORY(false),
        /** What it ran, or what it was given, is wrong. */
        PROGRAM(false),
        /** The job was told to end, or its cluster ended under it. */
        STOPPED(false);

        private final boolean mayPass;

        Kind(boolean mayPass) {
            this.mayPass = mayPass;
        }

        /** Whether running the same again may succeed. */
        public boolean mayPass() {
            return mayPass;
        }
    }

    private final Kind kind;

    public RankFailedException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
