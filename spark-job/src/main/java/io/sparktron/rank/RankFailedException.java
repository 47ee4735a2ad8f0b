package io.sparktron.rank;

/** A job that ended because a rank did; the message names rank, host and first cause, not the peers that lost it. */
public final class RankFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RankFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
